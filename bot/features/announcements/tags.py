"""Under which tags of a forum releases are announced."""

from collections.abc import Iterable, Iterator

from bot.core.forum_posts import tag_key
from retrieval.scope import Scope
from retrieval.text.tokens import words

_MAX_WORDS = 4  # of a tag, whose name has at most 20 characters


def tag_keys(newsrooms: Iterable[str | None], scopes: Iterable[Scope]) -> frozenset[str]:
    """The `tag_key` of each tag that fits.

    A tag fits if it is named like a newsroom, or like words that stand together in what is
    announced.
    """
    scopes = tuple(scopes)
    names = {tag_key(each) for each in (*newsrooms, *(scope.newsroom for scope in scopes)) if each}
    phrases = {
        phrase
        for scope in scopes
        for text in (scope.question, scope.words)
        for phrase in _phrases(text or "")
    }
    return frozenset((names | phrases) - {""})


def _phrases(text: str) -> Iterator[str]:
    """All runs of a few words of a text."""
    found = words(text)
    for start in range(len(found)):
        for end in range(start + 1, min(start + _MAX_WORDS, len(found)) + 1):
            yield " ".join(found[start:end])
