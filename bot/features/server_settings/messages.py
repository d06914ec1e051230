"""The settings of a server as controls."""

from collections.abc import Sequence
from enum import StrEnum

import discord
from discord import ui

from bot.core.actions import ChangeSetting
from bot.core.components import Block, Message, button, button_rows, container, cut
from bot.core.markdown import visible
from bot.i18n import Language
from bot.state.servers import MAX_PASSAGES, ServerSettings
from retrieval.text.keys import text_checksum

ALL_NEWSROOMS = "any"  # the value of that option


class Setting(StrEnum):
    """A setting, as it stands in a custom_id."""

    CHANNELS = "channels"
    ANNOUNCE = "announce"
    MANAGERS = "managers"
    NEWSROOM = "newsroom"
    PASSAGES = "passages"
    PRIVATE = "private"


_MAX_CHANNELS = 25
_MAX_NEWSROOMS = 24  # of 25 options; the other one is "All newsrooms"
_MAX_LABEL = 100  # characters
_CHANNELS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
]


def settings_message(
    settings: ServerSettings,
    newsrooms: Sequence[str],
    language: Language,
    warning: str | None = None,
) -> Message:
    """A control for each setting of a server, below a warning if there is one."""
    _ = language.gettext
    blocks: list[Block] = [ui.TextDisplay(_("### Settings of this server"))]
    if warning:
        blocks.append(ui.TextDisplay(warning))
    blocks += [
        ui.TextDisplay(
            _("**Channels for questions**\n-# None chosen: everywhere that people can see me.")
        ),
        _channel_menu(
            Setting.CHANNELS, _CHANNELS, settings.channels, _MAX_CHANNELS, _("Everywhere")
        ),
        ui.TextDisplay(_("**Channel for new releases**\n-# None chosen: I announce nothing.")),
        _channel_menu(
            Setting.ANNOUNCE,
            _CHANNELS,
            [settings.announce] if settings.announce else [],
            1,
            _("Nowhere"),
        ),
        ui.TextDisplay(
            _(
                "**Channel for managers**\n-# There I say when a web site could not be read for "
                "days. None chosen: only /status and /sources say it."
            )
        ),
        _channel_menu(
            Setting.MANAGERS,
            [discord.ChannelType.text],
            [settings.managers] if settings.managers else [],
            1,
            _("Nowhere"),
        ),
        ui.TextDisplay(
            _("**Newsroom to search**\n-# A question that names another one searches that.")
        ),
        _newsroom_menu(settings.newsroom, newsrooms, language),
        ui.TextDisplay(_("**Answers**\n-# How many passages at once, and who sees them.")),
        _passages_menu(settings.passages, language),
        *button_rows([_private_button(settings.private, language)]),
    ]
    return Message((container(*blocks),))


def _channel_menu(
    setting: Setting,
    types: list[discord.ChannelType],
    selected: Sequence[int],
    limit: int,
    placeholder: str,
) -> Block:
    select: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
        custom_id=ChangeSetting(setting).custom_id,
        channel_types=types,
        placeholder=placeholder,
        min_values=0,
        max_values=limit,
        default_values=[
            discord.SelectDefaultValue(id=id, type=discord.SelectDefaultValueType.channel)
            for id in dict.fromkeys(selected[:limit])
        ],
    )
    return ui.ActionRow(select)


def _newsroom_menu(selected: str | None, newsrooms: Sequence[str], language: Language) -> Block:
    # By checksum, because no two options may have the same value.
    names = {text_checksum(name): name for name in newsrooms[:_MAX_NEWSROOMS]}
    if selected and text_checksum(selected) not in names:
        others = list(names.items())[: _MAX_NEWSROOMS - 1]
        names = {text_checksum(selected): selected, **dict(others)}
    every = language.gettext("All newsrooms")
    options = [discord.SelectOption(label=every, value=ALL_NEWSROOMS, default=not selected)]
    options += [
        discord.SelectOption(
            label=cut(visible(name), _MAX_LABEL) or "–",
            value=value,
            default=bool(selected) and name == selected,
        )
        for value, name in names.items()
    ]
    return _menu(Setting.NEWSROOM, options)


def _passages_menu(selected: int, language: Language) -> Block:
    options = [
        discord.SelectOption(
            label=language.ngettext("{count} passage", "{count} passages", number),
            value=str(number),
            default=number == selected,
        )
        for number in range(1, MAX_PASSAGES + 1)
    ]
    return _menu(Setting.PASSAGES, options)


def _menu(setting: Setting, options: list[discord.SelectOption]) -> Block:
    return ui.ActionRow(ui.Select(custom_id=ChangeSetting(setting).custom_id, options=options))


def _private_button(private: bool, language: Language) -> ui.Button[ui.LayoutView]:
    label = (
        language.gettext("Answers: only to the person who asks")
        if private
        else language.gettext("Answers: to the channel")
    )
    style = discord.ButtonStyle.primary if private else discord.ButtonStyle.secondary
    return button(label, ChangeSetting(Setting.PRIVATE), style)
