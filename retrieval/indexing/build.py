"""From release sources to a new generation: read, compare, embed what is new, write, swap."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from retrieval.errors import IndexDamaged, IndexVersion, NoIndex
from retrieval.index import generations
from retrieval.index.index import (
    ANALYSES,
    CODES,
    KEYS,
    LEXICAL,
    PASSAGES,
    REPEATS,
    VECTORS,
    WORDS,
    Index,
    open_index,
)
from retrieval.index.manifest import Manifest, file_sums
from retrieval.index.release_store import RELEASES, StoredDigest, open_release_store
from retrieval.index.sign_codes import (
    CODED_FROM,
    LEAST_RECALL,
    SignCodeVectors,
    recall,
    sample_questions,
    write_codes,
)
from retrieval.index.vectors import ExactVectors, map_vectors
from retrieval.index.vocabulary import write_words
from retrieval.indexing.analysis import VERSION
from retrieval.indexing.analysis_cache import AnalysisCache, StoredAnalyses
from retrieval.indexing.deduplication import DistinctRelease, editions
from retrieval.indexing.embed import PendingVectors, write_vectors
from retrieval.indexing.release_writer import write_release_store
from retrieval.indexing.report import ChangedReleases, IndexReport, OnProgress, Progress
from retrieval.indexing.rows import CorpusTokens, PassageRows
from retrieval.release import RefusedDocument, Release
from retrieval.sources.reading import read_sources

log = logging.getLogger(__name__)


def build_index(
    data: Path,
    sources: Sequence[Path],
    encoder: Encoder,
    *,
    newsroom: str | None = None,
    rebuild: bool = False,
    coded_from: int = CODED_FROM,
    on_progress: OnProgress = lambda _: None,
) -> IndexReport:
    """Make the index hold what ``sources`` hold now, and swap it in.

    Only passages whose text is new are embedded, unless ``rebuild``. From ``coded_from`` passages
    on, vectors are searched by codes, if these find at least `LEAST_RECALL` of the nearest. Where
    nothing changed the generation stays. Stopped at any point (an exception from ``on_progress``, a
    signal, a power cut), the generation in use stays as it was, and what was embedded serves the
    next build.

    Raises `SourceMissing`, `NoReleases`, `IndexBusy`, `CannotWrite` or `ModelNotFound`.
    """
    started = time.perf_counter()
    with generations.building(data) as folder:
        old = None if rebuild else _reusable(data, encoder)
        analyses = AnalysisCache(_kept(old) if old else None)
        refused: list[RefusedDocument] = []
        new = editions(_read(sources, newsroom, refused, on_progress), analyses.identify)
        now = {
            each.release.id: StoredDigest(each.digest, each.release.source, each.release.title)
            for each in new
        }
        before = _contents(data)
        if old and now == before and old.manifest.analysis == VERSION:
            manifest = old.manifest
        else:
            written = _write_files(
                folder, new, analyses, encoder, old, data, coded_from, on_progress
            )
            manifest = Manifest(
                generation=generations.next_name(data),
                created=datetime.now(UTC).replace(microsecond=0),
                model=encoder.model.name,
                fingerprint=encoder.model.fingerprint,
                dimensions=written.dimensions,
                releases=len(new),
                paragraphs=sum(len(edition.release.paragraphs) for edition in new),
                passages=written.passages,
                refused=len(refused),
                coded=written.coded,
                recall=written.recall,
                analysis=VERSION,
                files=file_sums(folder),
            )
            generations.publish(data, folder, manifest)
        generations.remember_sources(data, sources)
    both = now.keys() & before.keys()
    changed = [id for id in now if id in both and now[id].digest != before[id].digest]
    documents = ChangedReleases(
        added=tuple(held.title for id, held in now.items() if id not in both),
        changed=tuple(now[id].title for id in changed),
        removed=tuple(held.title for id, held in before.items() if id not in both),
    )
    return IndexReport(
        generation=manifest.generation,
        releases=manifest.releases,
        paragraphs=manifest.paragraphs,
        added=len(now) - len(both),
        changed=len(changed),
        removed=len(before) - len(both),
        unchanged=len(both) - len(changed),
        refused=tuple(refused),
        seconds=round(time.perf_counter() - started, 3),
        documents=documents,
    )


def _read(
    sources: Sequence[Path],
    newsroom: str | None,
    refused: list[RefusedDocument],
    on_progress: OnProgress,
) -> Iterator[Release]:
    """The releases one by one; what cannot be read is added to ``refused``."""
    count = 0
    for item in read_sources(sources, newsroom=newsroom):
        if isinstance(item, RefusedDocument):
            refused.append(item)
        else:
            yield item
            count += 1
            on_progress(Progress("reading", count))


def _contents(data: Path) -> dict[str, StoredDigest]:
    """What the current generation holds, by release id; nothing where it cannot be read."""
    try:
        return open_release_store(data)[1].contents()
    except (NoIndex, IndexDamaged, IndexVersion):
        return {}


def _reusable(data: Path, encoder: Encoder) -> Index | None:
    """The current generation, if it is whole and of the same model."""
    try:
        old = open_index(data)
    except (NoIndex, IndexDamaged, IndexVersion):
        return None
    return old if old.manifest.fingerprint == encoder.model.fingerprint else None


def _kept(old: Index) -> StoredAnalyses | None:
    """The analyses of a generation, if this version would make them alike."""
    if old.manifest.analysis != VERSION:
        return None
    releases, paragraphs = np.ascontiguousarray(old.passages.T)
    words = old.vocabulary.words
    return StoredAnalyses(old.folder / ANALYSES, words, releases, paragraphs, old.keys)


@dataclass(frozen=True, slots=True)
class _Written:
    """What `_write_files` wrote, as the manifest tells it."""

    dimensions: int
    passages: int
    coded: bool
    recall: float | None


def _write_files(
    folder: Path,
    new: Sequence[DistinctRelease],
    analyses: AnalysisCache,
    encoder: Encoder,
    old: Index | None,
    data: Path,
    coded_from: int,
    on_progress: OnProgress,
) -> _Written:
    """Write all but the manifest.

    What is held beside the releases is at most some 1,300 bytes a passage: texts to embed are made
    when they are needed, a few at a time.
    """
    releases = [edition.release for edition in new]
    analysed = analyses.take(new)
    cut = PassageRows(releases, analysed)
    wording = CorpusTokens(analysed, analyses.numbers)
    del analysed

    def on_row(row: int) -> None:
        on_progress(Progress("embedding", cut.release_of(row), len(new)))

    on_progress(Progress("embedding", 0, len(new)))
    dimensions = write_vectors(
        folder / VECTORS,
        cut.embedded_texts,
        cut.keys,
        encoder,
        known=(old.keys, map_vectors(old.folder / VECTORS)) if old else None,
        pending=PendingVectors(data, encoder.model.fingerprint),
        on_row=on_row,
    )
    on_progress(Progress("writing", len(new), len(new)))
    np.save(folder / PASSAGES, cut.places)
    np.save(folder / KEYS, cut.keys)
    np.save(folder / REPEATS, cut.repeats())
    write_words(folder / WORDS, zip(wording.vocabulary, wording.counts.tolist(), strict=True))
    analyses.save(folder / ANALYSES, new, wording.words, wording.lengths)
    wording.lexical_index().save(folder / LEXICAL)
    del wording
    write_release_store(folder / RELEASES, new)
    found = _code(folder, releases, encoder) if len(cut.keys) >= coded_from else None
    coded = found is not None and found >= LEAST_RECALL
    return _Written(dimensions, len(cut.keys), coded, found)


def _code(folder: Path, releases: Sequence[Release], encoder: Encoder) -> float:
    """Write the codes of the vectors and measure what they find; where that is too little, none."""
    exact = ExactVectors.open(folder / VECTORS)
    write_codes(folder / CODES, exact.vectors)
    coded = SignCodeVectors.open(folder / VECTORS, folder / CODES)
    found = recall(coded, exact, sample_questions(releases, encoder))
    if found < LEAST_RECALL:
        log.warning("codes find %.3f of the nearest rows: every row is scored instead", found)
        (folder / CODES).unlink()
    return round(found, 4)
