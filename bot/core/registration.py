"""Telling Discord of the commands, which it limits to so many a day: only when they changed."""

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

_NOTE = "commands"


async def register(
    tree: app_commands.CommandTree[Any], notes: Notes, application: int | None, *, force: bool
) -> bool:
    """Register the commands if they are others than the last time; whether they were sent.

    A failure is logged: the commands that Discord knows from earlier go on working.
    """
    known = f"{application} {await _sum(tree)}"
    try:
        if not force and await asyncio.to_thread(notes.get, _NOTE) == known:
            return False
    except StateUnusable as error:
        log.error("%s", error)
    try:
        await tree.sync()
    except (app_commands.AppCommandError, *SEND_ERRORS) as error:
        log.error("Discord did not take the commands: %s", error)
        return False
    try:
        await asyncio.to_thread(notes.set, _NOTE, known)
    except StateUnusable as error:
        log.error("the next start registers them again: %s", error)
    log.info("registered %d commands", len(tree.get_commands()))
    return True


async def _sum(tree: app_commands.CommandTree[Any]) -> str:
    """A sum of all that Discord is told of the commands, translations included."""
    commands = tree.get_commands()
    translator = tree.translator
    told = [
        await each.get_translated_payload(tree, translator) if translator else each.to_dict(tree)
        for each in commands
    ]
    told.sort(key=lambda each: (each["name"], each.get("type", 1)))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class CommandTranslator(app_commands.Translator):
    """Looks the commands' texts up in the catalogues, for discord.py."""

    def __init__(self, languages: Languages) -> None:
        self._languages = languages

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text in a locale; None where it stays as it is."""
        return self._languages.of(locale.value).texts.get(string.message)
