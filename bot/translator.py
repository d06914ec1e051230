"""The names and descriptions of commands in the languages that Verbatim speaks."""

import discord
from discord import app_commands

from bot.language import Languages


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
