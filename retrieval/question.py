"""A question, as asked."""

import re
from dataclasses import dataclass
from datetime import date

from retrieval.errors import BadQuestion
from retrieval.release import Filter
from retrieval.text.tokens import content_words, words

MAX_CHARACTERS = 4000  # as much as a Discord message holds

# How a question begins that goes on from another.
_ONWARD = re.compile(r"^\W*(?:and|but|or|what about|how about|why not)\b", re.IGNORECASE)
# What only a preceding question can make clear.
_BACKWARD = re.compile(
    r"\b(?:else|it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there|then|one)\b",
    re.IGNORECASE,
)
# With so many content words of its own a question stands alone; if it names somebody, with fewer.
_OWN_WORDS, _OWN_WORDS_NAMED = 7, 4
_NAMED = re.compile(r"(?<=[^\W_]\s)[A-Z]|(?<=,\s)[A-Z]")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, within which dates (both included) and whose releases.

    ``previous`` is the text of the question that this one may follow up, ``cited`` the ids of the
    releases that its answer cited, best first; without them they are searched for. Raises
    `BadQuestion` where there is nothing to search for.
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
        Filter(self.since, self.until)  # it raises where the dates are the wrong way round

    @property
    def leans_back(self) -> bool:
        """Whether there is a question before this one that it needs to be understood."""
        return bool(self.previous and leans_back(self.text))

    @property
    def searched_text(self) -> str:
        """The text to search for: with the previous question before it, where it needs that."""
        if self.previous and self.leans_back:
            return f"{self.previous[:MAX_CHARACTERS]} {self.text}"
        return self.text


def leans_back(text: str) -> bool:
    """Whether a question cannot be understood alone: it points back, or names hardly a thing."""
    own = len(content_words(text))
    if own < 2 or _ONWARD.search(text):
        return True
    limit = _OWN_WORDS_NAMED if _NAMED.search(text) else _OWN_WORDS
    return own < limit and _BACKWARD.search(text) is not None
