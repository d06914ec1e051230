"""The one place where an error becomes a reply in Discord."""

import logging
import secrets
import time
from collections.abc import Sequence

import aiohttp
import discord

from bot.archive_service import PassageChanged, QueueFull, ReleaseGone, StillIndexing
from bot.core.components import text_message
from bot.core.markdown import shortened
from bot.dates import InvalidDate
from bot.i18n import Language
from bot.index_build import BuildInProgress, BuildStopped
from bot.phrases import progress_line
from bot.state.database import StateUnusable
from embeddings.errors import VerbatimError
from retrieval.errors import (
    BadQuestion,
    CannotWrite,
    IndexBusy,
    NoIndex,
    NoReleases,
    SourceMissing,
    SourcesUnknown,
    UnknownNewsroom,
)

log = logging.getLogger(__name__)

_NAMES = 8
_NAME = 80

SEND_ERRORS = (discord.HTTPException, aiohttp.ClientError)
"""What sending raises where Discord does not take it, or is out of reach."""


class ManagersOnly(VerbatimError):
    """A command that this person may not use here."""


class ChannelNotAllowed(VerbatimError):
    """A channel in which asking is not allowed; ``channels`` are those where it is."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__("asking is not allowed in this channel")
        self.channels = channels


class RateLimited(VerbatimError):
    """Too many questions in a minute, of a person or (``together``) of a whole server."""

    def __init__(self, seconds: float, *, together: bool) -> None:
        super().__init__(f"too many questions; again in {seconds:.0f} s")
        self.seconds = seconds
        self.together = together


class ShuttingDown(VerbatimError):
    """The bot is being shut down."""


class AnswerExpired(VerbatimError):
    """An answer so old that it is not remembered any more."""


def error_text(error: BaseException, language: Language) -> str:
    """A sentence or two for the person who asked.

    What they cannot mend is logged, under a reference that they are given.
    """
    say = language.say
    match error:
        case BadQuestion():
            return _sentence(say(error.text, **error.values))
        case InvalidDate():
            text = shortened(error.text, 40)
            return say(
                "“{text}” is not a date like 2025-09-08, or a time like May 2024.", text=text
            )
        case UnknownNewsroom():
            return _unknown_newsroom(error, language)
        case StillIndexing():
            progress = progress_line(error.progress, language)
            return say("I am still {progress}. Ask again in a little while.", progress=progress)
        case BuildInProgress(starter=str(starter)):
            progress = progress_line(error.progress, language)
            return say(
                "{starter} had me begin already: I am {progress}.",
                starter=starter,
                progress=progress,
            )
        case BuildInProgress() | IndexBusy():
            return say("I am reading the releases already. Wait until that is done.")
        case BuildStopped(by=str(by)):
            return say("{by} stopped me. Everything is as it was.", by=by)
        case BuildStopped():
            return say("I stopped reading: I am being shut down. Everything is as it was.")
        case ShuttingDown():
            return say("I am being restarted. Ask again in a minute.")
        case ManagersOnly():
            return say("Only people who may manage this server can do that.")
        case ChannelNotAllowed():
            places = ", ".join(f"<#{id}>" for id in error.channels)
            return say("Here I may not be asked. Ask in {places}.", places=places)
        case RateLimited():
            again = f"<t:{int(time.time() + error.seconds) + 1}:R>"
            if error.together:
                return say("This server asks more than I can answer. Again {when}.", when=again)
            return say("That was many questions at once. Ask again {when}.", when=again)
        case QueueFull():
            return say("Too many questions are waiting for me. Ask again in a minute.")
        case AnswerExpired():
            return say("That answer is so old that I have forgotten it. Ask again.")
        case ReleaseGone():
            return say("That release is not among those that I have read any more.")
        case PassageChanged():
            return say("That release has been changed since I quoted it. Ask again.")
        case NoIndex():
            return say("I have not read any releases yet. Whoever manages the server can /reindex.")
        case NoReleases():
            return say(
                "I found no press release where I was told to look. Everything is as it was."
            )
        case SourceMissing() | SourcesUnknown():
            return say("I was not told where the releases are, or they are gone from there.")
        case CannotWrite():
            reason = shortened(error.reason, _NAME)
            return say("I cannot write my index: {reason}. Everything is as it was.", reason=reason)
    reference = secrets.token_hex(3)
    log.error("reference %s: %s", reference, error, exc_info=error)
    if isinstance(error, StateUnusable):
        return say(
            "I cannot do that just now: what I remember cannot be read or written. "
            "Whoever hosts me finds the reason in the log under `{reference}`.",
            reference=reference,
        )
    return say(
        "Something went wrong on my side, sorry. "
        "Whoever hosts me finds the reason in the log under `{reference}`.",
        reference=reference,
    )


async def send_error(
    interaction: discord.Interaction, error: BaseException, language: Language
) -> None:
    """Tell the person whose interaction failed; never instead of what they see already."""
    if isinstance(error, discord.NotFound):
        # Too late, or deleted meanwhile: there is nothing left to answer.
        log.warning("could not answer %s: %s", interaction.id, error)
        return
    text = error_text(error, language)
    response = interaction.response
    try:
        if not response.is_done():
            await response.send_message(view=text_message(text).view(), ephemeral=True)
        elif response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(view=text_message(text).view())
        else:
            await interaction.followup.send(view=text_message(text).view(), ephemeral=True)
    except SEND_ERRORS as unsent:
        log.warning("could not tell %r: %s", text, unsent)


def _unknown_newsroom(error: UnknownNewsroom, language: Language) -> str:
    name = shortened(error.newsroom, _NAME)
    names = ", ".join(shortened(each, _NAME) for each in error.candidates[:_NAMES])
    if len(error.candidates) > _NAMES:
        names += ", …"
    if error.ambiguous:
        return language.say(
            "“{name}” could be several newsrooms: {names}. Give more of the name.",
            name=name,
            names=names,
        )
    if names:
        return language.say(
            "No newsroom is called “{name}”. There are: {names}.", name=name, names=names
        )
    return language.say(
        "No newsroom is called “{name}”. No release here names its newsroom.", name=name
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
