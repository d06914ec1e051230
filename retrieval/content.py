"""The content of a release: title, author and paragraphs with a digest that differs if they do."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from retrieval.release import Release, ReleaseCopy


@dataclass(frozen=True, slots=True)
class KnownContent:
    """A content whose digest is known.

    Attributes:
        title: of the release.
        author: who it is by, if that is known.
        own: how many of its paragraphs are its own, and not those of attachments.
        paragraphs: how many it has.
        exact: its `exact_digest`.
    """

    title: str
    author: str | None
    own: int
    paragraphs: int
    exact: bytes

    @classmethod
    def of(cls, release: Release) -> "KnownContent":
        """The content of a release."""
        return cls(
            release.title,
            release.author,
            release.own_count,
            len(release.paragraphs),
            exact_digest(release),
        )


class KeptParagraphs(Sequence[str]):
    """The paragraphs of a release as they are kept: decoded when one of them is asked for.

    Most releases of a build are unchanged, and nothing of their text is needed but its digest.

    Args:
        encoded: what `encoded_paragraphs` returned.
        content: of the release that they are of.
    """

    __slots__ = ("_decoded", "_encoded", "content")

    def __init__(self, encoded: bytes, content: KnownContent) -> None:
        self.content = content
        self._encoded = encoded
        self._decoded: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return self.content.paragraphs

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self._texts()[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts())

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, KeptParagraphs) else other)

    def __hash__(self) -> int:
        return hash(self._texts())

    def __repr__(self) -> str:
        return repr(self._texts())

    def _texts(self) -> tuple[str, ...]:
        if self._decoded is None:
            self._decoded = decoded_paragraphs(self._encoded)
            self._encoded = b""
        return self._decoded


def encoded_paragraphs(paragraphs: Sequence[str]) -> str:
    """The paragraphs as a list in JSON, in ASCII: so lone surrogates are kept too."""
    return json.dumps([*paragraphs])


def decoded_paragraphs(encoded: bytes) -> tuple[str, ...]:
    """The paragraphs that `encoded_paragraphs` encoded."""
    return tuple(json.loads(encoded.decode()))


def exact_digest(release: Release) -> bytes:
    """32 bytes for title, author and paragraphs, character by character."""
    paragraphs = release.paragraphs
    if isinstance(paragraphs, KeptParagraphs):
        known = paragraphs.content
        of_release = release.title, release.author, release.own_count
        if of_release == (known.title, known.author, known.own):
            return known.exact
    texts = (release.title, release.author or "", *paragraphs)
    # The lengths tell apart texts that are equal when they are joined.
    own = release.own_count
    attached = f" attached from {own}" if own < len(paragraphs) else ""
    lengths = f"{release.author is None} {' '.join(map(str, map(len, texts)))}{attached}\n"
    return hashlib.sha256((lengths + "".join(texts)).encode("utf-8", "surrogatepass")).digest()


def whole_digest(exact: bytes, release: Release, copies: Iterable[Release | ReleaseCopy]) -> bytes:
    """32 bytes that differ if anything of a release or its copies does but where they were read.

    Args:
        exact: its `exact_digest`.
        release: the release.
        copies: all of them, the release itself first.
    """
    fields = release.id, release.date, release.date_source, release.url, release.newsroom
    others = [(copy.id, copy.url, copy.newsroom) for copy in copies]
    gone = (release.gone.isoformat(),) if release.gone else ()
    content = repr((exact, (*fields, release.dateline, release.places), others, *gone))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()
