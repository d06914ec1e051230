"""A question, as asked."""

from dataclasses import dataclass
from datetime import date

from retrieval.errors import BadQuestion
from retrieval.release import Filter
from retrieval.text.tokens import words

MAX_CHARACTERS = 4000  # as much as a Discord message holds


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and which releases may answer it.

    Attributes:
        text: the question, as typed.
        since: the earliest date of a release, included.
        until: the latest date of a release, included.
        newsroom: the newsroom to search, or a part of its name; None for all.
        previous: the text of the question that this one may follow up, or the text that was
            searched for to answer it.
        limit: the most passages that an answer has.
        cited: the ids of the releases that the answer to ``previous`` cited, best first. Without
            them ``previous`` is searched for when it is needed.

    Raises:
        BadQuestion: if there is nothing to search for, or too much, or if the dates are swapped.
    """

    text: str
    since: date | None = None
    until: date | None = None
    newsroom: str | None = None
    previous: str | None = None
    limit: int = 5
    cited: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise BadQuestion("the question is empty. Ask something about the press releases")
        if len(self.text) > MAX_CHARACTERS:
            raise BadQuestion(
                "the question has {length} characters. Ask it in {most} or fewer",
                length=f"{len(self.text):,}",
                most=f"{MAX_CHARACTERS:,}",
            )
        if not words(self.text):
            raise BadQuestion("the question has no words. Ask something about the press releases")
        Filter(self.since, self.until)  # raises if the dates are swapped
