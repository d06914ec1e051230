"""A question, as asked."""

import re
from dataclasses import dataclass
from datetime import date

from retrieval.errors import BadQuestion
from retrieval.release import Filter
from retrieval.text.tokens import content_words, words

MAX_CHARACTERS = 4000  # as much as a Discord message holds

# How a question begins that continues another one.
_CONTINUATION = re.compile(r"^\W*(?:and|but|or|what about|how about|why not)\b", re.IGNORECASE)
# Words that refer to something outside the question.
_REFERENCE = re.compile(
    r"\b(?:else|it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there|then|one)\b",
    re.IGNORECASE,
)
# A question with so many content words stands alone whatever it refers to; if it has a name, with
# fewer.
_OWN_WORDS, _OWN_WORDS_NAMED = 7, 4
_NAME = re.compile(r"(?<=[^\W_]\s)[A-Z]|(?<=,\s)[A-Z]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and which releases may answer it.

    Attributes:
        text: the question, as typed.
        since: the earliest date of a release, included.
        until: the latest date of a release, included.
        newsroom: the newsroom to search, or a part of its name; None for all.
        previous: the text of the question that this one may follow up.
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

    @property
    def context(self) -> str | None:
        """The previous question, cut to `MAX_CHARACTERS`; None if this one is clear without it."""
        previous = (self.previous or "")[:MAX_CHARACTERS]
        return previous if words(previous) and needs_context(self.text) else None

    @property
    def searched_text(self) -> str:
        """The text to search for: a follow-up has the previous question in front."""
        context = self.context
        return f"{context} {self.text}" if context else self.text


def needs_context(text: str) -> bool:
    """Whether a question cannot be understood alone: it refers elsewhere, or names too little."""
    own_words = len(content_words(text))
    if own_words < 2 or _CONTINUATION.search(text):
        return True
    limit = _OWN_WORDS_NAMED if _NAME.search(text) else _OWN_WORDS
    return own_words < limit and _REFERENCE.search(text) is not None
