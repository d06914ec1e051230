"""A segment: documents with their passages, vectors and terms, in a folder that never changes.

    generations/NAME/segments/s000003/
      text.sqlite                 the paragraphs of each document
      vectors.npy                 (m, d) float32, unit rows, a row a passage
      codes.npy                   (d / 64, m) uint64, the signs of the vectors, of many rows
      passages.npy                (m, 5) int32, as `Index.passages`, but of documents
      keys.npy                    (m, 16) uint8: the `passage_key` of each embedded text
      hashes.npy                  (m,) uint64: a hash of the words of each passage
      phrases.sqlite              the words of the paragraphs (FTS5)
      postings/                   the terms of the rows
      analyses/                   what follows from the words of each document, for the next build

A document is the title, author and paragraphs of a release. What else there is of a release is in
the generation's own files, which are small: so a segment serves generation after generation. Each
has its files in its own folder, as hard links, so that a generation is whole by itself.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.arrays import mapped_array
from retrieval.index.manifest import SegmentInfo, segment_folder
from retrieval.index.postings import Postings
from retrieval.index.sign_codes import SignCodeVectors
from retrieval.index.vectors import ExactVectors, VectorStore

VECTORS = "vectors.npy"
CODES = "codes.npy"
PASSAGES = "passages.npy"
KEYS = "keys.npy"
HASHES = "hashes.npy"
PHRASES = "phrases.sqlite"
POSTINGS = "postings"
ANALYSES = "analyses"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of m rows, opened.

    Attributes:
        passages: (m, 5) int32: document, paragraph, start, end and under (see `Passage`).
        keys: (m, 16) uint8: the `passage_key` of each embedded text.
    """

    folder: Path
    info: SegmentInfo
    vectors: VectorStore
    postings: Postings
    passages: NDArray[np.int32]
    keys: NDArray[np.uint8]


def open_segment(generation: Path, info: SegmentInfo) -> Segment:
    """Map a segment into memory. Raises `OSError` or `ValueError`."""
    folder = segment_folder(generation, info.name)
    vectors = folder / VECTORS
    return Segment(
        folder=folder,
        info=info,
        vectors=SignCodeVectors.open(vectors, folder / CODES)
        if info.coded
        else ExactVectors.open(vectors),
        postings=Postings.open(folder / POSTINGS, info.passages),
        passages=mapped_array(folder / PASSAGES),
        keys=mapped_array(folder / KEYS),
    )
