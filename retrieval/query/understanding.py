"""What a question says besides its subject: when, whose, how recent, and in which very words."""

import re
from dataclasses import dataclass, field
from datetime import date

from retrieval.index.names import NamedParties, NameIndex
from retrieval.query.periods import Period, read_period
from retrieval.text.tokens import words

_LATEST = re.compile(
    r"(?<!at the )(?<!at )\b(?:latest|newest|most recent(?:ly)?|recently)\b", re.IGNORECASE
)
# A straight mark that touches a word from the wrong side is no quotation mark: 5" pipes.
_QUOTED = re.compile(r"“([^“”\"]{0,200})”|„([^„“”\"]{0,200})[“”]|(?<!\w)\"([^“”\"]{0,200})\"(?!\w)")
_SHORTEST_PHRASE = 2  # letters and figures


@dataclass(frozen=True, slots=True)
class QuestionHints:
    """What was read out of a question.

    ``period`` is the time that it names; ``latest`` says that it asks for the newest; ``named`` are
    the members and newsrooms that it names, a preference; ``phrases``, which it puts between double
    quotation marks, must stand in a passage.
    """

    period: Period | None = None
    latest: bool = False
    named: NamedParties = field(default_factory=NamedParties)
    phrases: tuple[str, ...] = ()

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day on which the answer was published, as far as is certain."""
        return (self.period.since, self.period.until) if self.period else (None, None)


def read_question(text: str, today: date, names: NameIndex) -> QuestionHints:
    """Read a question; ``today`` is what "last March" is reckoned from. Any text is fine."""
    return QuestionHints(
        period=read_period(text, today),
        latest=_LATEST.search(text) is not None,
        named=names.found_in(text),
        phrases=quoted_phrases(text),
    )


def quoted_phrases(text: str) -> tuple[str, ...]:
    """What stands between double quotation marks, straight or curly, without repeats.

    A mark without its partner quotes nothing, nor do marks about less than two letters or figures.
    """
    found = ("".join(groups) for groups in _QUOTED.findall(text))
    kept = (each.strip() for each in found if len("".join(words(each))) >= _SHORTEST_PHRASE)
    return tuple(dict.fromkeys(kept))


def holds_phrase(text: str, phrase: str) -> bool:
    """Whether a text has the words of a phrase in their order; case, accents and marks aside."""
    return f" {' '.join(words(phrase))} " in f" {' '.join(words(text))} "
