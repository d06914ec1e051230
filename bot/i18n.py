"""Messages in the language of the reader.

The English messages in the code are the keys of the catalogs in ``bot/locales`` (GNU gettext's PO
format, https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html). Quotations are never
translated: they are the releases' own words.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True)
class Language:
    """A language, by its code, and its translations of the English messages.

    A key of ``catalog`` is a message, or a message with the number of its plural form. Messages
    without a translation stay English. English needs neither a catalog nor Babel, because the
    command line, which is English only, must start quickly.
    """

    code: str = "en"
    catalog: Mapping[str | tuple[str, int], str] = field(default_factory=dict, repr=False)

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate a message and fill in its placeholders."""
        return self.catalog.get(message, message).format(**values)

    def ngettext(self, singular: str, plural: str, count: int, /, **values: object) -> str:
        """Translate the form of a message that fits ``count``, and fill in its placeholders.

        ``{count}`` in the message stands for the number itself.
        """
        form = self._plural_form(count)
        message = self.catalog.get((singular, form)) or (singular, plural)[min(form, 1)]
        return message.format(count=self.number(count), **values)

    def number(self, number: int) -> str:
        """A whole number with thousands separators: 25,601."""
        text = f"{number:,}"
        if self.code == "en":
            return text
        from babel.numbers import get_group_symbol

        return text.replace(",", get_group_symbol(self.code))

    def date(self, day: datetime.date) -> str:
        """A date in the long form: September 8, 2025."""
        if self.code == "en":
            return f"{day:%B} {day.day}, {day.year}"
        from babel.dates import format_date

        return format_date(day, "long", locale=self.code)

    def month(self, day: datetime.date, *, year: bool = True) -> str:
        """The month of a date, with or without its year: September 2025, September."""
        if self.code == "en":
            return f"{day:%B %Y}" if year else f"{day:%B}"
        from babel.dates import format_date, format_skeleton

        if not year:
            return format_date(day, "LLLL", locale=self.code)
        return format_skeleton("yMMMM", day, locale=self.code)

    def _plural_form(self, count: int) -> int:
        if self.code == "en":
            return int(count != 1)
        from babel.core import Locale

        return int(Locale(self.code).plural_form(count) != "one")


ENGLISH = Language()


@dataclass(frozen=True)
class Languages:
    """The languages that have a catalog, and English, by code."""

    by_code: Mapping[str, Language]

    def for_locale(self, locale: str | None) -> Language:
        """The language of a locale such as ``es-419``; English if there is no catalog for it."""
        return self.by_code.get((locale or "").partition("-")[0], ENGLISH)


def load_languages(folder: Path = LOCALES) -> Languages:
    """English, and each language with a catalog in ``folder``."""
    languages = {path.stem: _load(path) for path in sorted(folder.glob("*.po"))}
    return Languages({ENGLISH.code: ENGLISH, **languages})


def _load(path: Path) -> Language:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = read_po(file, locale=path.stem)
    catalog: dict[str | tuple[str, int], str] = {}
    for message in messages:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str):
            if message.string:
                catalog[message.id] = str(message.string)
        else:
            forms = enumerate(message.string or ())
            catalog |= {(message.id[0], form): text for form, text in forms if text}
    return Language(path.stem, catalog)
