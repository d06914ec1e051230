"""Errors as replies: the only place where an error becomes a message in Discord."""

import logging
import secrets
import time
from collections.abc import Sequence

import aiohttp
import discord
from discord import app_commands

from bot.archive_service import ReleaseGone, StillIndexing
from bot.core.acknowledgement import (
    AcknowledgedElsewhere,
    NotAcknowledged,
    acknowledge,
    is_acknowledged,
)
from bot.core.components import text_message
from bot.core.markdown import shortened
from bot.core.offered import NotOffered
from bot.dates import InvalidDate
from bot.i18n import Language
from bot.index_build import BuildInProgress, BuildStopped
from bot.phrases import progress_line
from bot.release_sources import NoSources, SiteCopyGone
from bot.search_queue import QueueFull
from bot.site_readings import ReadingStopped
from bot.sites import NothingCopied, NothingOffered
from bot.source_list import LastSource, UnknownSource
from bot.source_service import OfferGone
from bot.state.database import StateUnusable
from embeddings.errors import (
    LibraryMissing,
    ModelDamaged,
    ModelNotFound,
    RerankerNotFound,
    VerbatimError,
)
from retrieval.errors import (
    BadQuestion,
    BuiltElsewhere,
    CannotWrite,
    HistoryNewer,
    IndexBusy,
    IndexDamaged,
    IndexModel,
    IndexModelUnprepared,
    IndexOutdated,
    IndexVersion,
    NoIndex,
    NoReleases,
    SourceGone,
    SourceMissing,
    SourcesUnknown,
    UnknownNewsroom,
)
from retrieval.postgres.errors import DatabaseError
from retrieval.sources.web.errors import BadAddress, FetchError, ForbiddenAddress
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.site_copy import CopyBusy
from retrieval.sources.web.suspicion import SourceSuspected
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.visits import VisitsUnusable

log = logging.getLogger(__name__)

_MAX_NAMES = 8
_MAX_NAME = 80  # characters
_MAX_REASON = 200  # characters

SEND_ERRORS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError)
"""What sending raises if Discord refuses the request, for now or for ever, or cannot be reached."""


class ChannelNotAllowed(VerbatimError):
    """Questions are not allowed in a channel; ``channels`` are those where they are."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__("questions are not allowed in this channel")
        self.channels = channels


class RateLimited(VerbatimError):
    """Too many questions in a minute, from a user or from a whole server."""

    def __init__(self, retry_after: float, *, whole_server: bool) -> None:
        super().__init__(f"too many questions. Try again in {retry_after:.0f} s")
        self.retry_after = retry_after
        self.whole_server = whole_server


class ShuttingDown(VerbatimError):
    """The bot is being shut down."""

    def __init__(self) -> None:
        super().__init__("the bot is being shut down. Try again in a minute")


class AnswerExpired(VerbatimError):
    """An answer that has been deleted because of its age."""

    def __init__(self) -> None:
        super().__init__("that answer has been deleted. Ask again")


class TooManyAnnouncements(VerbatimError):
    """A server has as many announcements as it may: ``most``."""

    def __init__(self, most: int) -> None:
        super().__init__(f"this server has {most} announcements already. Remove one first")
        self.most = most


class AnnouncementGone(VerbatimError):
    """An announcement that was offered, and is decided, or too old."""

    def __init__(self) -> None:
        super().__init__("that announcement is decided already, or too old. Add it again")


class EveryoneNotMentioned(VerbatimError):
    """Announcements mention one role, never everyone."""

    def __init__(self) -> None:
        super().__init__("an announcement cannot mention everyone. Choose another role, or none")


class TooManySubscriptions(VerbatimError):
    """A person has as many subscriptions as one may: ``most``."""

    def __init__(self, most: int) -> None:
        super().__init__(f"you have {most} subscriptions already. End one first")
        self.most = most


class AlreadySubscribed(VerbatimError):
    """A person has such a subscription."""

    def __init__(self) -> None:
        super().__init__("you have subscribed to that already")


class SubscriptionGone(VerbatimError):
    """A subscription that was offered, and is decided, or too old."""

    def __init__(self) -> None:
        super().__init__("that subscription is decided already, or too old. Subscribe again")


class DirectMessageNotSent(VerbatimError):
    """Discord did not take a direct message: for now, or because the person takes none."""

    def __init__(self, *, refused: bool) -> None:
        super().__init__(
            "Discord does not let the bot write to you. Allow direct messages from it"
            if refused
            else "Discord did not take a direct message. Try again in a minute"
        )
        self.refused = refused


def error_text(error: BaseException, language: Language) -> str:
    """Explain an error, in one or two sentences, to the person who caused it.

    An unexpected error is logged with a reference, and the explanation names the reference.
    """
    _ = language.gettext
    match error:
        case BadQuestion():
            return _sentence(_(error.text, **error.values))
        case InvalidDate():
            text = shortened(error.text, 40)
            return _(
                "“{text}” is neither a date like 2025-09-08 nor a time like May 2024.", text=text
            )
        case UnknownNewsroom():
            return _unknown_newsroom(error, language)
        case StillIndexing():
            progress = progress_line(error.progress, language)
            return _("I am not ready yet: {progress}. Ask again in a while.", progress=progress)
        case BuildInProgress(starter=str(starter)):
            progress = progress_line(error.progress, language)
            return _(
                "{starter} has already started to reindex: {progress}.",
                starter=starter,
                progress=progress,
            )
        case BuildInProgress() | IndexBusy():
            return _("I am already reading the releases. Wait until that is done.")
        case BuildStopped(by=str(by)):
            return _("Stopped by {by}. The index has not changed.", by=by)
        case BuildStopped():
            return _("Stopped because I am being shut down. The index has not changed.")
        case ShuttingDown():
            return _("I am being restarted. Ask again in a minute.")
        case app_commands.MissingPermissions():
            return _("Only people who may manage this server can do that.")
        case ChannelNotAllowed():
            channels = ", ".join(f"<#{id}>" for id in error.channels)
            return _("I do not answer questions here. Ask in {channels}.", channels=channels)
        case RateLimited():
            when = _after(error.retry_after)
            if error.whole_server:
                return _("This server has asked too many questions. Ask again {when}.", when=when)
            return _("You have asked too many questions. Ask again {when}.", when=when)
        case QueueFull():
            when = _after(error.seconds)
            return _("Too many questions are waiting for me. Ask again {when}.", when=when)
        case NotOffered():
            return _("That is not offered there. Use the command again.")
        case AnswerExpired():
            return _("That answer is so old that I no longer have it. Ask again.")
        case TooManyAnnouncements():
            return _(
                "This server has {most} announcements already. Remove one first.", most=error.most
            )
        case AnnouncementGone():
            return _("That is decided already, or too old. Use `/announcements` again.")
        case EveryoneNotMentioned():
            return _("I never mention everyone. Choose another role, or none.")
        case TooManySubscriptions():
            return _(
                "You have {most} subscriptions already. End one in `/subscriptions` first.",
                most=error.most,
            )
        case AlreadySubscribed():
            return _("You have subscribed to that already: see `/subscriptions`.")
        case SubscriptionGone():
            return _("That is decided already, or too old. Use `/subscribe` again.")
        case DirectMessageNotSent(refused=True):
            return _(
                "Discord does not let me write to you, so I have not kept it. Allow direct messages"
                " in the privacy settings of a server where I am, unblock me if you have blocked"
                " me, and press Keep again."
            )
        case DirectMessageNotSent():
            return _("Discord did not accept my message to you. Press Keep again in a minute.")
        case ReleaseGone():
            return _("That release is no longer in the index.")
        case NoIndex():
            return _("I have not read any releases yet. A manager of the server can run /reindex.")
        case IndexOutdated():
            return _("My index is from an older version. A manager of the server can run /reindex.")
        case NoReleases():
            return _no_releases(error, language)
        case SourceMissing() | SourceGone() | SiteCopyGone() | SourcesUnknown() | NoSources():
            return _(
                "I do not know where the releases are, or they are no longer there. "
                "Whoever hosts me can ask `verbatim doctor` how to mend it."
            )
        case IndexModelUnprepared():
            return _(
                "The model that my index was built with cannot be prepared on this machine. "
                "Whoever hosts me can ask `verbatim doctor` how to mend it."
            )
        case HistoryNewer():
            return _(
                "A newer version of me wrote the earlier wordings of the releases. "
                "Whoever hosts me should run that version."
            )
        case BuiltElsewhere():
            return _(
                "My index was built on another machine, from more than this build would read. "
                "It has not changed. Run /reindex again."
            )
        case CannotWrite():
            reason = shortened(error.reason, _MAX_NAME)
            return _("I cannot write the index: {reason}. It has not changed.", reason=reason)
    if explained := _source_error(error, language):
        return explained
    reference = secrets.token_hex(3)
    # Not its message, which may repeat what somebody wrote: `bot.logs` decides about that.
    log.error(
        "reference %s: %s",
        reference,
        type(error).__name__,
        exc_info=error,
        extra={"reference": reference},
    )
    match error:
        case StateUnusable() | VisitsUnusable() | DatabaseError():
            return _(
                "I cannot do that right now: my database cannot be read or written. "
                "Whoever hosts me can find the cause in the log under `{reference}`.",
                reference=reference,
            )
        case IndexDamaged() | IndexVersion() | IndexModel():
            return _(
                "I cannot use my index. Whoever hosts me can ask `verbatim doctor` how to mend it, "
                "and find the cause in the log under `{reference}`.",
                reference=reference,
            )
        case ModelNotFound() | ModelDamaged() | LibraryMissing() | RerankerNotFound():
            return _(
                "I cannot load a model that I need. Whoever hosts me can ask `verbatim doctor` how "
                "to mend it, and find the cause in the log under `{reference}`.",
                reference=reference,
            )
    return _(
        "Something went wrong on my side, sorry. "
        "Whoever hosts me can find the cause in the log under `{reference}`.",
        reference=reference,
    )


async def send_error(
    interaction: discord.Interaction, error: BaseException, language: Language
) -> None:
    """Explain an error to the person whose interaction failed, without replacing a message."""
    if isinstance(error, discord.NotFound):
        # It is too late, or the reply was deleted: nothing is left to reply to.
        log.warning("cannot reply to interaction %s: %s", interaction.id, error)
        return
    if isinstance(error, AcknowledgedElsewhere):
        log.info("interaction %s: %s", interaction.id, error)
        return
    if isinstance(error, NotAcknowledged):
        log.warning("interaction %s %s", interaction.id, error)
        return
    view = text_message(error_text(error, language)).view()
    response = interaction.response
    try:
        if not is_acknowledged(interaction):
            await acknowledge(interaction, lambda: response.send_message(view=view, ephemeral=True))
        elif response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(view=view)
        else:
            await interaction.followup.send(view=view, ephemeral=True)
    except (*SEND_ERRORS, AcknowledgedElsewhere, NotAcknowledged) as send_failure:
        log.warning("cannot tell of a %s: %s", type(error).__name__, send_failure)


def _source_error(error: BaseException, language: Language) -> str | None:
    """What is wrong with a source that is to be added, read or removed; None if nothing is.

    What a server or a name server said is not translated. Where an address leads in the host's
    network is not told.
    """
    _ = language.gettext
    match error:
        case BadAddress():
            return _(
                "I cannot read that: {reason}. Give an address such as https://www.example.org/news",
                reason=shortened(error.reason, _MAX_REASON),
            )
        case ForbiddenAddress():
            return _(
                "{address} does not lead to a public web site, and I read no others. "
                "Whoever hosts me can allow servers of their own network.",
                address=shortened(error.address, _MAX_NAME),
            )
        case NothingOffered():
            return _(
                "I found no feed, list or sitemap of releases at {address}. "
                "Give the page that lists the releases.",
                address=shortened(error.discovery.asked, _MAX_NAME),
            )
        case NothingCopied():
            return _(
                "No release of {address} could be read, so I have not kept it: {reason}",
                address=shortened(error.address, _MAX_NAME),
                reason=shortened(error.reason, _MAX_REASON),
            )
        case FetchError():
            return _(
                "I cannot read {address}: {reason}",
                address=shortened(error.address, _MAX_NAME),
                reason=shortened(error.text, 2 * _MAX_REASON),
            )
        case SourceSuspected() | Unreadable():
            return shortened(str(error), 2 * _MAX_REASON)
        case CopyBusy():
            return _("I am reading that site already. Wait until that is done.")
        case CopyUnusable():
            log.error("%s", error)
            return _("⚠ My copy of it cannot be used. Whoever hosts me finds the cause in the log.")
        case LastSource():
            return _("That is my only source, and I need one. Add another one first.")
        case UnknownSource():
            return _("That site is not among my sources any more.")
        case OfferGone():
            return _("That is decided already, or too old. Add the address again.")
        case ReadingStopped(by=str(by)):
            return _("Stopped by {by}. What was read is kept, and I go on later.", by=by)
        case ReadingStopped():
            return _(
                "Stopped because I am being shut down. What was read is kept, and I go on later."
            )
    return None


def _no_releases(error: NoReleases, language: Language) -> str:
    """The error, and why the first of the documents that there are could not be read."""
    if not error.reasons:
        return language.gettext(
            "I found no press releases in my sources. The index has not changed."
        )
    found = language.ngettext(
        "I found no press releases in my sources, only {count} document that I cannot read:",
        "I found no press releases in my sources, only {count} documents that I cannot read:",
        error.refused,
    )
    lines = [f"- {shortened(reason, _MAX_REASON)}" for reason in error.reasons]
    if error.refused > len(lines):
        lines.append("- …")
    return "\n".join([found, *lines, language.gettext("The index has not changed.")])


def _unknown_newsroom(error: UnknownNewsroom, language: Language) -> str:
    name = shortened(error.newsroom, _MAX_NAME)
    names = ", ".join(shortened(each, _MAX_NAME) for each in error.candidates[:_MAX_NAMES])
    if len(error.candidates) > _MAX_NAMES:
        names += ", …"
    if error.ambiguous:
        return language.gettext(
            "“{name}” could be several newsrooms: {names}. Give more of the name.",
            name=name,
            names=names,
        )
    if names:
        return language.gettext(
            "No newsroom is called “{name}”. The newsrooms are: {names}.", name=name, names=names
        )
    return language.gettext(
        "No newsroom is called “{name}”. The releases here do not name their newsrooms.", name=name
    )


def _after(seconds: float) -> str:
    """When so many seconds have passed, as Discord shows it to each reader: "in 20 seconds"."""
    return f"<t:{int(time.time() + seconds) + 1}:R>"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
