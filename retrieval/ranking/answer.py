"""What an answer is: passages quoted from releases, or the statement that nothing answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING

from retrieval.question import Question
from retrieval.ranking.full_release import QuotedParagraph
from retrieval.release import Place, ReleaseInfo

if TYPE_CHECKING:  # numpy, which a list of releases does not need
    from retrieval.ranking.hits import Ranking

_RELATIVE_SCORE = 0.5  # of the best passage's score: weaker passages are not shown beside it


class Reason(StrEnum):
    """Why a question is not answered. Only with `NEAR` are there passages."""

    NEAR = "nothing published says that; the passages are only the closest"
    NOTHING_ANSWERS = "nothing published answers this"
    NOTHING_IN_RANGE = "no release is within the dates and newsroom that were asked for"
    PHRASE_NOT_FOUND = "no paragraph that was searched contains the quoted words"


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A paragraph, verbatim, and its source.

    Attributes:
        rank: its place in the answer, from 1.
        score: the probability that it answers, 0 to 1; comparable between questions.
        text: the whole paragraph, as published.
        highlight: the (start, end) of the sentence in ``text`` that answers best.
        words: the (start, end) of the words of the highlight that answer; None where that is not
            sure, or where nothing answers.
        paragraph: the number of the paragraph in its release, from 1.
        link: opens the release's page, or its attachment, at the paragraph; None if that has no web
            address.
        release: the release that it is from.
        place: on which page the paragraph stands, of which attachment.
        also: other releases that say the same, such as those of a joint release.
        lead_in: the lead-in or the heading that stands above the paragraph, if any.
        items: what the paragraph leads in to, if it does: the items of a list, or the next one.
        same_words: the run of words shared with a message whose source was sought
            (`retrieval.source_search`); empty otherwise.
    """

    rank: int
    score: float
    text: str
    highlight: tuple[int, int]
    paragraph: int
    link: str | None
    release: ReleaseInfo
    words: tuple[int, int] | None = None
    place: Place = field(default_factory=Place)
    also: tuple[ReleaseInfo, ...] = ()
    lead_in: QuotedParagraph | None = None
    items: tuple[QuotedParagraph, ...] = ()
    same_words: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The ranked passages for a question, or the closest ones, or none.

    Attributes:
        question: the question as asked.
        answered: whether the passages answer; if not, they are only the closest ones.
        reason: why it is not answered; None if it is.
        confidence: the probability, 0 to 1, that the passages answer.
        passages: the passages, best first.
        generation: the name of the generation that was searched.
        ranking: how the question was understood, and all candidates with their features.
        milliseconds: the time from question to answer.
    """

    question: Question
    answered: bool
    reason: Reason | None
    confidence: float
    passages: tuple[CitedPassage, ...]
    generation: str
    ranking: "Ranking"
    milliseconds: float = 0.0


def worth_showing(passages: Sequence[CitedPassage], most: int) -> Sequence[CitedPassage]:
    """The first passages to show, at most ``most``: the best, up to the first far weaker one."""
    if not passages:
        return passages
    least = _RELATIVE_SCORE * passages[0].score
    return [*takewhile(lambda each: each.score >= least, passages[:most])]
