"""The language in which a person writes, where a few words tell it."""

import re

from retrieval.query.time_tokens import language_of
from retrieval.text.tokens import folded

_TELLING = 2  # words that only one of the languages has; fewer may be of a name: "Los Angeles"
_SPANISH_MARKS = re.compile("[¿¡]")


def written_language(text: str) -> str:
    """The code of the language that a question is surely written in, "en" where that is open."""
    vocabulary = language_of(text)
    if _SPANISH_MARKS.search(text):
        return "es"
    common = set(re.findall(r"[^\W\d_]+", folded(text))) & set(vocabulary.common)
    return vocabulary.code if len(common) >= _TELLING else "en"


def is_foreign(question: str, passages: list[str]) -> bool:
    """Whether a question is written in another language than all of some passages."""
    code = written_language(question)
    return bool(passages) and all(language_of(each).code != code for each in passages)
