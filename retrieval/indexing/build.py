"""From release sources to a new generation: read, compare, embed what is new, write, publish."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from retrieval.errors import NoReleases, SourcesUnknown
from retrieval.index import generations
from retrieval.index.generations import RememberedSources
from retrieval.index.index import (
    ANALYSES,
    BM25,
    CODES,
    KEYS,
    PASSAGES,
    PHRASES,
    RECURRING,
    VECTORS,
    WORDS,
)
from retrieval.index.manifest import Manifest, file_sums
from retrieval.index.release_store import RELEASES, StoredDigest
from retrieval.index.sign_codes import CODED_FROM, SignCodeVectors, write_codes
from retrieval.index.vectors import ExactVectors
from retrieval.index.vocabulary import write_words
from retrieval.indexing.analysis import VERSION
from retrieval.indexing.analysis_cache import AnalysisCache
from retrieval.indexing.deduplication import DistinctRelease, distinct_releases
from retrieval.indexing.embed import PendingVectors, write_vectors
from retrieval.indexing.phrase_writer import write_phrase_index
from retrieval.indexing.previous import PreviousGeneration, open_previous
from retrieval.indexing.recall import MIN_RECALL, recall, sample_queries
from retrieval.indexing.recurrence import RowTexts, recurring_rows
from retrieval.indexing.release_writer import write_release_store
from retrieval.indexing.report import ChangedReleases, IndexReport, OnProgress, Progress
from retrieval.indexing.rows import CorpusTokens, PassageRows
from retrieval.release import DocumentNote, RefusedDocument, Release
from retrieval.sources.reading import read_sources

log = logging.getLogger(__name__)

_MAX_REASONS = 10  # why nothing could be read: of so many documents


def build_index(
    data: Path,
    sources: Sequence[Path],
    encoder: Encoder,
    *,
    new: Sequence[Path] = (),
    remember: RememberedSources | None = None,
    newsroom: str | None = None,
    rebuild: bool = False,
    coded_from: int = CODED_FROM,
    on_progress: OnProgress = lambda _: None,
) -> IndexReport:
    """Index what ``sources`` hold now, and publish that as the current generation.

    If nothing changed, the current generation stays. If the build is stopped at any point (an
    exception from ``on_progress``, a signal, a power cut), so does it, and the vectors computed
    until then serve the next build.

    Args:
        data: the data folder.
        sources: files and folders of releases.
        encoder: computes the vectors of passages whose text is new.
        new: those of the sources that were just named, each of which must have a release.
        remember: the sources by kind, for the next build; by default all were named.
        newsroom: the newsroom of releases that name none.
        rebuild: read and embed everything again, whatever the current generation has.
        coded_from: the number of passages from which vectors are searched by sign codes, if these
            find at least `MIN_RECALL` of the nearest.
        on_progress: called at each step.

    Raises:
        SourceMissing: a source does not exist.
        NoReleases: the sources, or a new one, have no release that can be read.
        IndexBusy: another build is under way in the data folder.
        CannotWrite: the data folder cannot be written.
        ModelNotFound: the model of ``encoder`` is not there.
    """
    started = time.perf_counter()
    remember = remember or RememberedSources(named=tuple(sources))
    if not data.exists():  # then no folder is left where nothing can be indexed
        _require_releases(sources, new, newsroom)
    with generations.building(data) as folder:
        _require_releases((), new, newsroom)
        before = _sources_before(data)
        previous = open_previous(data, encoder.model.fingerprint, rebuild=rebuild)
        cache = AnalysisCache(previous.analyses)
        refused: list[RefusedDocument] = []
        notes: list[DocumentNote] = []
        read = _read(sources, newsroom, refused, notes, on_progress)
        releases = distinct_releases(read, cache.digests)
        notes += _copies(releases)
        contents = {
            each.release.id: StoredDigest(each.digest, each.release.source, each.release.title)
            for each in releases
        }
        if previous.manifest and contents == previous.contents:
            manifest = previous.manifest
        else:
            pending = PendingVectors(data, encoder.model.fingerprint)
            written = _write_files(
                folder, releases, cache, encoder, previous, pending, coded_from, on_progress
            )
            manifest = Manifest(
                generation=generations.next_name(data),
                created=datetime.now(UTC).replace(microsecond=0),
                model=encoder.model.name,
                fingerprint=encoder.model.fingerprint,
                dimensions=written.dimensions,
                releases=len(releases),
                paragraphs=sum(len(each.release.paragraphs) for each in releases),
                passages=written.passages,
                refused=len(refused),
                coded=written.coded,
                recall=written.recall,
                analysis=VERSION,
                files=file_sums(folder),
            )
            generations.publish(data, folder, manifest)
        generations.remember_sources(data, remember)
    documents = _changes(previous.contents, contents)
    added, changed, removed = map(len, (documents.added, documents.changed, documents.removed))
    return IndexReport(
        generation=manifest.generation,
        releases=manifest.releases,
        paragraphs=manifest.paragraphs,
        added=added,
        changed=changed,
        removed=removed,
        unchanged=len(contents) - added - changed,
        refused=tuple(refused),
        seconds=round(time.perf_counter() - started, 3),
        documents=documents,
        notes=tuple(notes),
        sources=tuple(sources),
        dropped=_without(before, sources),
    )


def _require_releases(sources: Sequence[Path], new: Sequence[Path], newsroom: str | None) -> None:
    """Read each new source, and the others together, up to the first release.

    Raises `SourceMissing` or `NoReleases`.
    """
    for paths in (*([source] for source in new), sources):
        if paths:
            next(_read(paths, newsroom, [], [], lambda _: None), None)


def _sources_before(data: Path) -> tuple[Path, ...]:
    """What the index was built from, as far as that is known."""
    try:
        return generations.built_from(data).paths
    except SourcesUnknown:
        return ()


def _without(before: Sequence[Path], now: Sequence[Path]) -> tuple[Path, ...]:
    """The paths of ``before`` that none of ``now`` leads to."""
    kept = {path.resolve() for path in now}
    return tuple(path for path in before if path.resolve() not in kept)


def _read(
    sources: Sequence[Path],
    newsroom: str | None,
    refused: list[RefusedDocument],
    notes: list[DocumentNote],
    on_progress: OnProgress,
) -> Iterator[Release]:
    """The releases one by one; what else there is goes to ``refused`` and ``notes``."""
    count = 0
    try:
        for item in read_sources(sources, newsroom=newsroom):
            if isinstance(item, RefusedDocument):
                refused.append(item)
            elif isinstance(item, DocumentNote):
                notes.append(item)
            else:
                yield item
                count += 1
                on_progress(Progress("reading", count))
    except NoReleases as error:
        reasons = [f"{each.source}: {each.reason}" for each in refused[:_MAX_REASONS]]
        raise NoReleases(
            error.paths, error.looked_for, error.refused, reasons, error.passed_over
        ) from error


def _copies(releases: Sequence[DistinctRelease]) -> Iterator[DocumentNote]:
    """What is said of each document that has the text of another one."""
    for each in releases:
        for copy in each.copies[1:]:
            yield DocumentNote(copy.source, "has the text of another release: kept as a copy of it")


def _changes(
    before: Mapping[str, StoredDigest], now: Mapping[str, StoredDigest]
) -> ChangedReleases:
    return ChangedReleases(
        added=tuple(each.title for id, each in now.items() if id not in before),
        changed=tuple(
            each.title
            for id, each in now.items()
            if id in before and each.digest != before[id].digest
        ),
        removed=tuple(each.title for id, each in before.items() if id not in now),
    )


@dataclass(frozen=True, slots=True)
class _Written:
    """What the manifest says of the files that `_write_files` wrote."""

    dimensions: int
    passages: int
    coded: bool
    recall: float | None


def _write_files(
    folder: Path,
    releases: Sequence[DistinctRelease],
    cache: AnalysisCache,
    encoder: Encoder,
    previous: PreviousGeneration,
    pending: PendingVectors,
    coded_from: int,
    on_progress: OnProgress,
) -> _Written:
    """Write all files of a generation but the manifest.

    Besides the releases, this takes at most some 1,300 bytes of memory a passage: embedded texts
    are made a few at a time.
    """
    texts = [each.release for each in releases]
    analyses = cache.take(releases)
    rows = PassageRows(texts, analyses)
    tokens = CorpusTokens(analyses, cache.word_ids)
    del analyses

    def on_row(row: int) -> None:
        on_progress(Progress("embedding", rows.release_of(row), len(releases)))

    on_progress(Progress("embedding", 0, len(releases)))
    dimensions = write_vectors(
        folder / VECTORS,
        rows.embedded_texts,
        rows.keys,
        encoder,
        known=previous.vectors,
        pending=pending,
        on_row=on_row,
    )
    on_progress(Progress("writing", len(releases), len(releases)))
    np.save(folder / PASSAGES, rows.passages)
    np.save(folder / KEYS, rows.keys)
    row_texts = RowTexts(tokens.row_hashes(), rows.passages[:, 0], rows.passages[:, 1])
    np.save(folder / RECURRING, recurring_rows(row_texts, texts))
    write_words(folder / WORDS, zip(tokens.vocabulary, tokens.counts.tolist(), strict=True))
    cache.save(folder / ANALYSES, releases, tokens.words, tokens.lengths)
    tokens.bm25_index().save(folder / BM25)
    digests = [each.exact for each in releases]
    write_phrase_index(folder / PHRASES, digests, tokens.paragraph_words, previous.phrases)
    del tokens
    write_release_store(folder / RELEASES, releases)
    found = _write_codes(folder, texts, encoder) if len(rows.keys) >= coded_from else None
    coded = found is not None and found >= MIN_RECALL
    return _Written(dimensions, len(rows.keys), coded, found)


def _write_codes(folder: Path, releases: Sequence[Release], encoder: Encoder) -> float:
    """Write the vectors' sign codes and return their recall; below `MIN_RECALL`, delete them."""
    exact = ExactVectors.open(folder / VECTORS)
    write_codes(folder / CODES, exact.vectors)
    coded = SignCodeVectors.open(folder / VECTORS, folder / CODES)
    found = round(recall(coded, exact, sample_queries(releases, encoder)), 4)
    if found < MIN_RECALL:
        log.warning("sign codes find %.3f of the nearest passages: all are compared instead", found)
        (folder / CODES).unlink()
    return found
