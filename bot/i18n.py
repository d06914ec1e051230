"""What Verbatim says, in the language of whom it speaks to.

The English texts stand in the code and are the keys of the catalogues in ``bot/locales``
(GNU gettext's PO format, https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html).
Quotations are never translated: they are the releases' own words.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True)
class Language:
    """A language by its code, with the translations of the English texts.

    A text that has none stays English. English itself needs no catalogue and no library, since the
    command line, which speaks it alone, must start quickly.
    """

    code: str = "en"
    texts: Mapping[str | tuple[str, int], str] = field(default_factory=dict, repr=False)

    def say(self, text: str, /, **values: object) -> str:
        """``text`` in this language, with ``values`` in its braces."""
        return self.texts.get(text, text).format(**values)

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """``one`` or ``many``, by ``number``, which stands in them as ``{count}``."""
        at = self._plural(number)
        text = self.texts.get((one, at)) or (one, many)[min(at, 1)]
        return text.format(count=self.number(number), **values)

    def number(self, number: int) -> str:
        """A whole number with its thousands marked: 25,601."""
        marked = f"{number:,}"
        if self.code == "en":
            return marked
        from babel.numbers import get_group_symbol

        return marked.replace(",", get_group_symbol(self.code))

    def date(self, day: datetime.date) -> str:
        """A day as people write it: September 8, 2025."""
        if self.code == "en":
            return f"{day:%B} {day.day}, {day.year}"
        from babel.dates import format_date

        return format_date(day, "long", locale=self.code)

    def month(self, day: datetime.date, *, year: bool = True) -> str:
        """The month of a day: September 2025, or September."""
        if self.code == "en":
            return f"{day:%B %Y}" if year else f"{day:%B}"
        from babel.dates import format_date, format_skeleton

        if not year:
            return format_date(day, "LLLL", locale=self.code)
        return format_skeleton("yMMMM", day, locale=self.code)

    def _plural(self, number: int) -> int:
        if self.code == "en":
            return int(number != 1)
        from babel.core import Locale

        return int(Locale(self.code).plural_form(number) != "one")


ENGLISH = Language()


@dataclass(frozen=True)
class Languages:
    """The languages that Verbatim speaks, by code."""

    spoken: Mapping[str, Language]

    def of(self, locale: str | None) -> Language:
        """The language of a locale such as ``es-419``; English where it is not spoken."""
        return self.spoken.get((locale or "").partition("-")[0], ENGLISH)


def read_languages(folder: Path = LOCALES) -> Languages:
    """English, and every language that has a catalogue in ``folder``."""
    spoken = {path.stem: _read(path) for path in sorted(folder.glob("*.po"))}
    return Languages({ENGLISH.code: ENGLISH, **spoken})


def _read(path: Path) -> Language:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    texts: dict[str | tuple[str, int], str] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str):
            if message.string:
                texts[message.id] = str(message.string)
        else:
            forms = enumerate(message.string or ())
            texts |= {(message.id[0], at): form for at, form in forms if form}
    return Language(path.stem, texts)
