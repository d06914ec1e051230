"""The settings of a server, as controls."""

from collections.abc import Sequence
from enum import StrEnum

import discord
from discord import ui

from bot.core.actions import ChangeSetting
from bot.core.components import Message, button, cut, frame, rows
from bot.core.markdown import visible
from bot.i18n import Language
from bot.state.servers import MOST_PASSAGES, ServerSettings
from retrieval.text.keys import text_checksum

ANY = "any"


class Setting(StrEnum):
    """What can be set, as it stands in a custom_id."""

    CHANNELS = "channels"
    ANNOUNCE = "announce"
    NEWSROOM = "newsroom"
    PASSAGES = "passages"
    PRIVATE = "private"


_MOST_CHANNELS = 25
_MOST_OPTIONS = 24  # and one for "all"
_ASKED_IN = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
_ANNOUNCED_IN = [discord.ChannelType.text, discord.ChannelType.news]


def settings_message(
    settings: ServerSettings, newsrooms: Sequence[str], language: Language, note: str | None = None
) -> Message:
    """All settings of a server; what is chosen takes effect at once."""
    say = language.say
    blocks: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(say("### Settings of this server"))]
    if note:
        blocks.append(ui.TextDisplay(note))
    blocks += [
        ui.TextDisplay(
            say("**Channels where I may be asked**\n-# None chosen: everywhere I can be seen.")
        ),
        _channels(
            Setting.CHANNELS, _ASKED_IN, settings.channels, _MOST_CHANNELS, say("Everywhere")
        ),
        ui.TextDisplay(say("**Channel for new releases**\n-# None chosen: I announce nothing.")),
        _channels(
            Setting.ANNOUNCE,
            _ANNOUNCED_IN,
            [settings.announce] if settings.announce else [],
            1,
            say("Nowhere"),
        ),
        ui.TextDisplay(
            say("**Newsroom that is searched**\n-# Where a question names another, that one is.")
        ),
        _newsrooms(settings.newsroom, newsrooms, language),
        ui.TextDisplay(say("**Answers**\n-# How many passages at once, and who sees them.")),
        _passages(settings.passages, language),
        *rows([_private(settings.private, language)]),
    ]
    return Message((frame(*blocks),))


def _channels(
    setting: str,
    kinds: list[discord.ChannelType],
    chosen: Sequence[int],
    most: int,
    placeholder: str,
) -> ui.Item[ui.LayoutView]:
    select: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
        custom_id=ChangeSetting(setting).custom_id,
        channel_types=kinds,
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        default_values=[
            discord.SelectDefaultValue(id=id, type=discord.SelectDefaultValueType.channel)
            for id in dict.fromkeys(chosen[:most])
        ],
    )
    return ui.ActionRow(select)


def _newsrooms(
    chosen: str | None, newsrooms: Sequence[str], language: Language
) -> ui.Item[ui.LayoutView]:
    # By value: no two options may have the same.
    named = {text_checksum(name): name for name in newsrooms[:_MOST_OPTIONS]}
    if chosen and text_checksum(chosen) not in named:
        named = {text_checksum(chosen): chosen, **dict(list(named.items())[: _MOST_OPTIONS - 1])}
    options = [
        discord.SelectOption(label=language.say("All newsrooms"), value=ANY, default=not chosen)
    ]
    options += [
        discord.SelectOption(
            label=cut(visible(name), 100) or "–",
            value=value,
            default=bool(chosen) and name == chosen,
        )
        for value, name in named.items()
    ]
    return ui.ActionRow(
        ui.Select(custom_id=ChangeSetting(Setting.NEWSROOM).custom_id, options=options)
    )


def _passages(chosen: int, language: Language) -> ui.Item[ui.LayoutView]:
    options = [
        discord.SelectOption(
            label=language.count("{count} passage", "{count} passages", number),
            value=str(number),
            default=number == chosen,
        )
        for number in range(1, MOST_PASSAGES + 1)
    ]
    return ui.ActionRow(
        ui.Select(custom_id=ChangeSetting(Setting.PASSAGES).custom_id, options=options)
    )


def _private(private: bool, language: Language) -> ui.Button[ui.LayoutView]:
    label = (
        language.say("Answers: only to who asks")
        if private
        else language.say("Answers: to the channel")
    )
    style = discord.ButtonStyle.primary if private else discord.ButtonStyle.secondary
    return button(label, ChangeSetting(Setting.PRIVATE), style)
