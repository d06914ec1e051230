"""The analyses of a build: reused from the generation before where they are known, or made.

What a build makes of analyses does not depend on which of the two they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from retrieval.content import exact_digest
from retrieval.indexing.analysis import Analysis, WordIds, analyse
from retrieval.indexing.deduplication import ContentDigests, DistinctRelease
from retrieval.indexing.stored_analyses import StoredAnalyses, load_digests, save_digests
from retrieval.release import Release


class AnalysisCache:
    """Digests and analyses of the releases of one build, each made once unless it is stored.

    ``word_ids`` are the numbers of their words.

    Args:
        normalized: the normalized digest of each text that is known, by its exact one.
        stored: the analyses of the segments of the generation before.
    """

    def __init__(
        self, normalized: Mapping[bytes, bytes] | None = None, stored: Sequence[StoredAnalyses] = ()
    ) -> None:
        self.word_ids = WordIds()
        self._known = normalized or {}
        self._stored = stored
        self._normalized: dict[bytes, bytes] = {}
        self._made: dict[bytes, Analysis] = {}

    def digests(self, release: Release) -> ContentDigests:
        """As `content_digests`."""
        exact = exact_digest(release)
        normalized = self._normalized.get(exact) or self._known.get(exact)
        if normalized is None:
            normalized = self._analyse(release).normalized
        self._normalized[exact] = normalized
        return ContentDigests(exact, normalized)

    def take(self, releases: Iterable[DistinctRelease]) -> list[Analysis]:
        """The analyses of releases, in order. The cache drops those that it made."""
        analyses = [self._analysis(each) for each in releases]
        self._made.clear()
        return analyses

    def save_digests(self, path: Path) -> None:
        """Store the digests of all texts: exact and normalized in turns, ascending."""
        save_digests(path, list(chain.from_iterable(sorted(self._normalized.items()))))

    def _analysis(self, distinct: DistinctRelease) -> Analysis:
        for stored in self._stored:
            document = stored.find(distinct.exact)
            if document is not None:
                return stored.get(document, self.word_ids)
        if distinct.exact not in self._made:
            # It was only a copy until now, of which no analysis is stored.
            self._analyse(distinct.release)
        return self._made[distinct.exact]

    def _analyse(self, release: Release) -> ContentDigests:
        digests, analysis = analyse(release, self.word_ids)
        self._made[digests.exact] = analysis
        return digests


def load_normalized(path: Path) -> dict[bytes, bytes]:
    """Read a file of `AnalysisCache.save_digests`. Raises `OSError` or `ValueError`."""
    digests = load_digests(path)
    return dict(zip(digests[::2], digests[1::2], strict=True))
