"""Writing a segment: releases as documents, with their passages, vectors and terms."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from retrieval.index.document_texts import TEXT
from retrieval.index.manifest import SegmentInfo
from retrieval.index.segments import (
    ANALYSES,
    CODES,
    HASHES,
    KEYS,
    PASSAGES,
    PHRASES,
    POSTINGS,
    VECTORS,
)
from retrieval.index.sign_codes import SignCodeVectors, write_codes
from retrieval.index.vectors import ExactVectors
from retrieval.indexing.analysis_cache import AnalysisCache
from retrieval.indexing.deduplication import DistinctRelease
from retrieval.indexing.embed import KeyedVectors, PendingVectors, write_vectors
from retrieval.indexing.phrase_writer import write_phrase_index
from retrieval.indexing.recall import MIN_RECALL, recall, sample_queries
from retrieval.indexing.release_writer import write_texts
from retrieval.indexing.rows import CorpusTokens, PassageRows
from retrieval.indexing.stored_analyses import save_analyses
from retrieval.release import Release

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenSegment:
    """A segment that was written: what it is, the length of its vectors, how often it has words."""

    info: SegmentInfo
    dimensions: int
    word_counts: Mapping[str, int]


def write_segment(
    folder: Path,
    releases: Sequence[DistinctRelease],
    cache: AnalysisCache,
    encoder: Encoder,
    *,
    known: Sequence[KeyedVectors],
    pending: PendingVectors,
    coded_from: int,
    on_release: Callable[[int], None],
    on_embedded: Callable[[], None],
) -> WrittenSegment:
    """Write releases into a new ``folder``, each as the document of its position.

    Besides the releases, this takes at most some 1,300 bytes of memory a passage: embedded texts
    are made a few at a time.

    Args:
        folder: the new folder, named as the segment is.
        releases: in the order of the generation.
        cache: has their analyses.
        encoder: computes the vectors that are neither ``known`` nor ``pending``.
        known: keys and vectors of earlier segments of the same model.
        pending: the vectors of an interrupted build, to which new ones are added.
        coded_from: the number of passages from which sign codes are written.
        on_release: called with the position of the release up to which passages have vectors.
        on_embedded: called when all have.
    """
    folder.mkdir(parents=True)
    texts = [each.release for each in releases]
    analyses = cache.take(releases)
    rows = PassageRows(texts, analyses)
    tokens = CorpusTokens(analyses, cache.word_ids)
    del analyses
    dimensions = write_vectors(
        folder / VECTORS,
        rows.embedded_texts,
        rows.keys,
        encoder,
        known=known,
        pending=pending,
        on_row=lambda row: on_release(rows.release_of(row)),
    )
    on_embedded()
    np.save(folder / PASSAGES, rows.passages)
    np.save(folder / KEYS, rows.keys)
    np.save(folder / HASHES, tokens.row_hashes())
    save_analyses(folder / ANALYSES, [each.exact for each in releases], tokens)
    tokens.postings().save(folder / POSTINGS)
    write_phrase_index(folder / PHRASES, map(tokens.paragraph_words, range(len(releases))))
    write_texts(folder / TEXT, texts)
    found = _write_codes(folder, texts, encoder) if len(rows.keys) >= coded_from else None
    info = SegmentInfo(
        name=folder.name,
        documents=len(releases),
        passages=len(rows.keys),
        coded=found is not None and found >= MIN_RECALL,
        recall=found,
    )
    counts = dict(zip(tokens.vocabulary, tokens.counts.tolist(), strict=True))
    return WrittenSegment(info, dimensions, counts)


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
