"""The analyses of a build: those of the generation before serve again, others are made.

A generation keeps the analyses of its releases in a folder, so that the next build reads only what
is new word for word. Both kinds are one value, and what is made of them cannot tell which it has.

    identities.npy   (c, 64) uint8: both digests of each text that was read, ascending
    releases.npy     (r, 32) uint8: what each release is known by
    words.npy        (w,) int32: the words of all analyses, as lines of ``words.txt``
    lengths.npy      (n + 2 r,) int32: how many words each of their pieces has
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.analysis import Analysis, WordIds, analyse
from retrieval.indexing.deduplication import ContentDigests, DistinctRelease, said
from retrieval.release import Release

_IDENTITIES, _RELEASES, _WORDS, _LENGTHS = "identities", "releases", "words", "lengths"
_DIGEST = 32


class StoredAnalyses:
    """The analyses that a generation keeps: ``words`` are all that their numbers mean.

    ``releases`` (n,) int32, ``paragraphs`` (n,) int32 and ``keys`` (n, 16) uint8 are those of its
    rows.
    """

    def __init__(
        self,
        folder: Path,
        words: Iterable[str],
        releases: NDArray[np.int32],
        paragraphs: NDArray[np.int32],
        keys: NDArray[np.uint8],
    ) -> None:
        self.words = words
        identities = _digests(folder / f"{_IDENTITIES}.npy")
        self._texts = dict(zip(identities[::2], identities[1::2], strict=True))
        known = _digests(folder / f"{_RELEASES}.npy")
        self._number = {digest: number for number, digest in enumerate(known)}
        self._paragraphs = paragraphs
        self._keys = keys
        self._words = _mapped(folder / f"{_WORDS}.npy")
        self._lengths = _mapped(folder / f"{_LENGTHS}.npy")
        rows = np.bincount(releases, minlength=len(known))
        self._rows = _bounds(rows)
        self._pieces = _bounds(rows + 2)
        self._spans = _bounds(self._lengths)[self._pieces]

    def text(self, said: bytes) -> bytes | None:
        """What a text that says this has in common with its copies, if it was read."""
        return self._texts.get(said)

    def get(self, said: bytes) -> Analysis | None:
        """The analysis of a release that says this, if there is one."""
        number = self._number.get(said)
        if number is None:
            return None
        rows = slice(self._rows[number], self._rows[number + 1])
        return Analysis(
            self._paragraphs[rows],
            self._keys[rows],
            self._words[self._spans[number] : self._spans[number + 1]],
            self._lengths[self._pieces[number] : self._pieces[number + 1]],
        )


class AnalysisCache:
    """Identities and analyses of the releases of one build, each made once if it is not kept.

    ``numbers`` has the words of all of them.
    """

    def __init__(self, kept: StoredAnalyses | None) -> None:
        self.numbers = WordIds()
        self._kept = kept
        self._texts: dict[bytes, bytes] = {}
        self._made: dict[bytes, Analysis] = {}
        if kept:
            self.numbers.update((word, number) for number, word in enumerate(kept.words))

    def identify(self, release: Release) -> ContentDigests:
        """As `digests_of`."""
        known = said(release)
        text = self._texts.get(known) or (self._kept.text(known) if self._kept else None)
        identity = ContentDigests(known, text) if text else self._analysed(release)
        self._texts[known] = identity.text
        return identity

    def take(self, editions: Iterable[DistinctRelease]) -> list[Analysis]:
        """The analyses of the editions' releases, in order. None is held here afterwards."""
        found = [self._of(edition) for edition in editions]
        self._made.clear()
        return found

    def save(
        self,
        folder: Path,
        editions: Sequence[DistinctRelease],
        words: NDArray[np.int32],
        lengths: NDArray[np.int32],
    ) -> None:
        """Keep what was identified, and the words and lengths of all editions, end to end."""
        folder.mkdir()
        identities = b"".join(said + text for said, text in sorted(self._texts.items()))
        releases = b"".join(edition.said for edition in editions)
        for name, digests in (_IDENTITIES, identities), (_RELEASES, releases):
            width = 2 * _DIGEST if name == _IDENTITIES else _DIGEST
            np.save(folder / f"{name}.npy", np.frombuffer(digests, np.uint8).reshape(-1, width))
        np.save(folder / f"{_WORDS}.npy", words)
        np.save(folder / f"{_LENGTHS}.npy", lengths)

    def _of(self, edition: DistinctRelease) -> Analysis:
        found = self._kept.get(edition.said) if self._kept else None
        if found is None and edition.said not in self._made:
            # Only a copy until now: its words are not kept.
            self._analysed(edition.release)
        return found or self._made[edition.said]

    def _analysed(self, release: Release) -> ContentDigests:
        identity, analysis = analyse(release, self.numbers)
        self._made[identity.said] = analysis
        return identity


def _mapped(path: Path) -> NDArray[np.int32]:
    array: NDArray[np.int32] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def _digests(path: Path) -> list[bytes]:
    joined = np.load(path, allow_pickle=False).tobytes()
    return [joined[at : at + _DIGEST] for at in range(0, len(joined), _DIGEST)]


def _bounds(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """Where each of so many pieces of these lengths begins, and the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
