"""Registering the commands with Discord, which limits that per day: only when they changed."""

import asyncio
import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands

from bot.core.errors import SEND_ERRORS
from bot.i18n import Languages
from bot.state.database import StateUnusable
from bot.state.notes import Notes

log = logging.getLogger(__name__)

_NOTE = "commands"  # names the checksum of the registered commands


async def register(
    tree: app_commands.CommandTree[Any], notes: Notes, application: int | None, *, force: bool
) -> bool:
    """Register the commands if they differ from the registered ones, or with ``force``.

    A failure is logged, and the commands that were registered before go on working. Returns whether
    Discord has accepted the commands.
    """
    checksum = f"{application} {await _checksum(tree)}"
    try:
        if not force and await asyncio.to_thread(notes.get, _NOTE) == checksum:
            return False
    except StateUnusable as error:
        log.error("%s", error)
    try:
        await tree.sync()
    except (app_commands.AppCommandError, *SEND_ERRORS) as error:
        log.error("Discord refused the commands: %s", error)
        return False
    try:
        await asyncio.to_thread(notes.set, _NOTE, checksum)
    except StateUnusable as error:
        log.error("the commands will be registered again at the next start: %s", error)
    log.info("registered %d commands", len(tree.get_commands()))
    return True


async def _checksum(tree: app_commands.CommandTree[Any]) -> str:
    """A checksum of what Discord is sent about the commands, translations included."""
    translator = tree.translator
    payloads = [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    payloads.sort(key=lambda payload: (payload["name"], payload.get("type", 1)))
    return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()


class CommandTranslator(app_commands.Translator):
    """Looks up the names and descriptions of commands in the catalogs, for discord.py."""

    def __init__(self, languages: Languages) -> None:
        self._languages = languages

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The translation of a text; None if there is none."""
        return self._languages.for_locale(locale.value).catalog.get(string.message)
