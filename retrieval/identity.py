"""By what a release is known: by what it says, and by what another copy of it says too."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.release import Release
from retrieval.terms import words

# Below this length two texts may be alike by chance ("Click here to watch"): then titles count too.
_DISTINCTIVE_WORDS = 40


@dataclass(frozen=True, slots=True)
class Identity:
    """Two digests of a release, 32 bytes each.

    ``said`` changes with any character of title, author and paragraphs. ``text`` is what two copies
    of a release have in common: it follows from the words.
    """

    said: bytes
    text: bytes


def identity_of(release: Release) -> Identity:
    """The identity of a release, read word for word."""
    return Identity(said(release), common(words(release.title), map(words, release.paragraphs)))


def said(release: Release) -> bytes:
    """32 bytes for title, author and paragraphs as they are."""
    texts = (release.title, release.author or "", *release.paragraphs)
    # The lengths keep apart what runs together.
    lengths = f"{release.author is None} {' '.join(map(str, map(len, texts)))}\n"
    return _digest(lengths + "".join(texts))


def common(title: Sequence[str], paragraphs: Iterable[Sequence[str]]) -> bytes:
    """32 bytes for the words of the paragraphs, and of the title where these are few."""
    body = [word for paragraph in paragraphs for word in paragraph]
    if len(body) < _DISTINCTIVE_WORDS:
        body = [*title, "\0", *body]
    return _digest(" ".join(body))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
