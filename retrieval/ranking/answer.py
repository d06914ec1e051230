"""What an answer is: passages quoted from releases, or the word that nothing answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from retrieval.question import Question
from retrieval.release import ReleaseInfo

if TYPE_CHECKING:
    from retrieval.ranking.searcher import Ranking


_SURE = 0.5  # how likely a further passage must be to answer, beside the best one


class Reason(StrEnum):
    """Why a question is not answered."""

    NOTHING_ANSWERS = "nothing published answers this"
    NOTHING_IN_RANGE = "no release is within the dates and newsroom that were asked for"


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A paragraph, verbatim, and where it stands.

    ``highlight`` is the (start, end) of the sentence in ``text`` that answers best; ``score`` is in
    0..1 and comparable between questions; ``link`` opens the release's page at the paragraph;
    ``also`` are other releases that say the same, such as a joint one's; ``same_words`` is the run
    of words that it shares with a message that was traced (`retrieval.source_search`), else empty.
    """

    rank: int
    score: float
    text: str
    highlight: tuple[int, int]
    paragraph: int
    link: str | None
    release: ReleaseInfo
    also: tuple[ReleaseInfo, ...] = ()
    same_words: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The ranked passages for a question.

    Where ``answered`` is false they are only the nearest ones, and ``reason`` says why.
    ``confidence`` is the probability, in 0..1, that the passages answer. ``ranking``
    holds how the question was understood and all that was looked at, for who asks why.
    """

    question: Question
    answered: bool
    reason: Reason | None
    confidence: float
    passages: tuple[CitedPassage, ...]
    generation: str
    milliseconds: float
    ranking: "Ranking"


def worth_showing(
    passages: Sequence[CitedPassage], most: int, *, answered: bool
) -> Sequence[CitedPassage]:
    """The passages to show at once: the best, and others that are not far weaker.

    Where nothing answers they are only the nearest ones, and are shown as such.
    """
    if not answered or not passages:
        return passages[:most]
    least = _SURE * passages[0].score
    return [each for each in passages[:most] if each.score >= least]
