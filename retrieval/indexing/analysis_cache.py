"""The analyses of a build: reused from the generation before where they are known, or made.

A generation stores the analyses of its releases in a folder, so that the next build tokenizes only
what is new. What a build makes of analyses does not depend on which of the two they are.

    digests.npy      (c, 64) uint8: exact and normalized digest of each text read, ascending
    releases.npy     (r, 32) uint8: the exact digest of each release
    words.npy        (w,) int32: the words of all analyses, as line numbers of ``words.txt``, from 0
    lengths.npy      (n + 2 r,) int32: the lengths of all their pieces
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.analysis import Analysis, WordIds, analyse
from retrieval.indexing.deduplication import ContentDigests, DistinctRelease, exact_digest
from retrieval.release import Release

_DIGESTS, _RELEASES, _WORDS, _LENGTHS = "digests.npy", "releases.npy", "words.npy", "lengths.npy"
_DIGEST = 32  # bytes


class StoredAnalyses:
    """The analyses that a generation of n passages stores.

    Args:
        folder: where `AnalysisCache.save` wrote them.
        words: all words, by number.
        passages: (n, 5) int32, as in `Index`.
        keys: (n, 16) uint8, as in `Index`.

    Raises `OSError` or `ValueError` where a file is missing or damaged.
    """

    def __init__(
        self,
        folder: Path,
        words: Iterable[str],
        passages: NDArray[np.int32],
        keys: NDArray[np.uint8],
    ) -> None:
        self.words = words
        digests = _load_digests(folder / _DIGESTS)
        self._normalized = dict(zip(digests[::2], digests[1::2], strict=True))
        releases = _load_digests(folder / _RELEASES)
        self._numbers = {digest: number for number, digest in enumerate(releases)}
        self._passages = passages
        self._keys = keys
        self._words = _map(folder / _WORDS)
        self._lengths = _map(folder / _LENGTHS)
        counts = np.bincount(passages[:, 0], minlength=len(releases))
        self._rows = _offsets(counts)
        self._pieces = _offsets(counts + 2)
        self._word_offsets = _offsets(self._lengths)[self._pieces]

    def normalized(self, exact: bytes) -> bytes | None:
        """The normalized digest of the text with an exact digest, or None if it is not known."""
        return self._normalized.get(exact)

    def get(self, exact: bytes) -> Analysis | None:
        """The analysis of the release with an exact digest, or None if there is none."""
        number = self._numbers.get(exact)
        if number is None:
            return None
        rows = slice(self._rows[number], self._rows[number + 1])
        return Analysis(
            self._passages[rows, 1:],
            self._keys[rows],
            self._words[self._word_offsets[number] : self._word_offsets[number + 1]],
            self._lengths[self._pieces[number] : self._pieces[number + 1]],
        )


class AnalysisCache:
    """Digests and analyses of the releases of one build, each made once unless it is stored.

    ``word_ids`` are the numbers of their words.
    """

    def __init__(self, stored: StoredAnalyses | None) -> None:
        self.word_ids = WordIds()
        self._stored = stored
        self._normalized: dict[bytes, bytes] = {}
        self._made: dict[bytes, Analysis] = {}
        if stored:
            self.word_ids.update((word, number) for number, word in enumerate(stored.words))

    def digests(self, release: Release) -> ContentDigests:
        """As `content_digests`."""
        exact = exact_digest(release)
        normalized = self._normalized.get(exact)
        if normalized is None and self._stored:
            normalized = self._stored.normalized(exact)
        if normalized is None:
            normalized = self._analyse(release).normalized
        self._normalized[exact] = normalized
        return ContentDigests(exact, normalized)

    def take(self, releases: Iterable[DistinctRelease]) -> list[Analysis]:
        """The analyses of releases, in order. The cache drops those that it made."""
        analyses = [self._analysis(each) for each in releases]
        self._made.clear()
        return analyses

    def save(
        self,
        folder: Path,
        releases: Sequence[DistinctRelease],
        words: NDArray[np.int32],
        lengths: NDArray[np.int32],
    ) -> None:
        """Store all digests, and the words and lengths of all releases, in a new ``folder``."""
        folder.mkdir()
        pairs = b"".join(chain.from_iterable(sorted(self._normalized.items())))
        numbered = b"".join(each.exact for each in releases)
        np.save(folder / _DIGESTS, np.frombuffer(pairs, np.uint8).reshape(-1, 2 * _DIGEST))
        np.save(folder / _RELEASES, np.frombuffer(numbered, np.uint8).reshape(-1, _DIGEST))
        np.save(folder / _WORDS, words)
        np.save(folder / _LENGTHS, lengths)

    def _analysis(self, distinct: DistinctRelease) -> Analysis:
        stored = self._stored.get(distinct.exact) if self._stored else None
        if stored is None and distinct.exact not in self._made:
            # It was only a copy until now, of which no analysis is stored.
            self._analyse(distinct.release)
        return stored or self._made[distinct.exact]

    def _analyse(self, release: Release) -> ContentDigests:
        digests, analysis = analyse(release, self.word_ids)
        self._made[digests.exact] = analysis
        return digests


def _map(path: Path) -> NDArray[np.int32]:
    array: NDArray[np.int32] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def _load_digests(path: Path) -> list[bytes]:
    joined = np.load(path, allow_pickle=False).tobytes()
    return [joined[start : start + _DIGEST] for start in range(0, len(joined), _DIGEST)]


def _offsets(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n + 1,) int64: where each of n pieces begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
