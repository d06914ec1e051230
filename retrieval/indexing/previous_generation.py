"""What a build reuses of the current generation, as far as that can be read."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from embeddings.models import file_sha256
from retrieval.errors import IndexDamaged, IndexVersion, NoIndex
from retrieval.index.folder_index import FolderIndex, open_generation
from retrieval.index.generations import current_folder, read_manifest, verify
from retrieval.index.manifest import MANIFEST, Manifest
from retrieval.index.release_store import StoredDigest
from retrieval.index.segments import KEYS, VECTORS
from retrieval.index.sqlite_releases import RELEASES, SqliteReleases
from retrieval.index.vectors import map_vectors
from retrieval.indexing.analysis import VERSION
from retrieval.indexing.analysis_cache import load_normalized
from retrieval.indexing.embed import KeyedVectors
from retrieval.indexing.segment_plan import Location
from retrieval.indexing.stored_analyses import StoredAnalyses

DIGESTS = "digests.npy"


@dataclass(frozen=True, slots=True)
class ReusedGeneration:
    """A generation of which the next one may have whole segments.

    Attributes:
        analyses: the analyses of each of its segments.
        locations: where each of its releases is.
        word_counts: its words and how often each occurs.
        normalized: the normalized digest of each text that it was built of, by its exact one.
    """

    folder: Path
    manifest: Manifest
    analyses: Sequence[StoredAnalyses]
    locations: Sequence[Location]
    word_counts: Mapping[str, int]
    normalized: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class PreviousGeneration:
    """What the current generation has for the next one.

    Attributes:
        contents: the digest of each of its releases, by id.
        vectors: the keys and vectors of its passages.
        reused: the generation, if all of it can be reused.
        verification: compares its files with their checksums, which takes as long as reading the
            sources does; None if nothing of it is used, or all was compared.
    """

    contents: Mapping[str, StoredDigest] = field(default_factory=dict)
    vectors: Sequence[KeyedVectors] = ()
    reused: ReusedGeneration | None = None
    verification: Future[None] | None = None

    def verified(self) -> "PreviousGeneration":
        """Wait for the verification: itself, or of a damaged generation the contents alone."""
        try:
            if self.verification:
                self.verification.result()
        except (IndexDamaged, OSError):
            return PreviousGeneration(self.contents)
        return self


def open_previous(
    data: Path, fingerprint: str, threads: Executor, *, rebuild: bool
) -> PreviousGeneration:
    """Read what the current generation has for one of the model with a fingerprint.

    Nothing is reused if it is damaged or of another model, or with ``rebuild``. If it has another
    format, or its analyses another version, only its vectors are.

    Args:
        data: the data folder.
        fingerprint: of the model of the next generation.
        threads: where the files of the current one are compared with their checksums.
        rebuild: reuse nothing.
    """
    contents = _contents(data)
    if rebuild:
        return PreviousGeneration(contents)
    try:
        folder = current_folder(data)
        manifest = read_manifest(folder)
        if manifest.fingerprint != fingerprint:
            return PreviousGeneration(contents)
        verification = threads.submit(verify, folder, manifest)
        index = open_generation(folder, manifest)
        reused = _reused(index) if manifest.analysis == VERSION else None
        keyed = [(each.keys, map_vectors(each.folder / VECTORS)) for each in index.segments]
    except IndexVersion:
        return PreviousGeneration(
            contents, _vectors_of_other_format(current_folder(data), fingerprint)
        )
    except (NoIndex, IndexDamaged, OSError, ValueError):
        return PreviousGeneration(contents)
    return PreviousGeneration(contents, keyed, reused, verification)


def _reused(index: FolderIndex) -> ReusedGeneration:
    return ReusedGeneration(
        folder=index.folder,
        manifest=index.manifest,
        analyses=[StoredAnalyses(each) for each in index.segments],
        locations=index.releases.locations(),
        word_counts=index.vocabulary.counts,
        normalized=load_normalized(index.folder / DIGESTS),
    )


def _contents(data: Path) -> Mapping[str, StoredDigest]:
    """The current generation's contents, of another format too; none if they cannot be read."""
    try:
        folder = current_folder(data)
        with suppress(IndexVersion):  # of another format, this file may be the same
            read_manifest(folder)
        return SqliteReleases(folder / RELEASES).contents()
    except (NoIndex, IndexDamaged):
        return {}


def _vectors_of_other_format(folder: Path, fingerprint: str) -> list[KeyedVectors]:
    """The keys and vectors of a generation whose other files this version may not read.

    They are in the same two files in every format, in one folder or in several.
    """
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if values["fingerprint"] != fingerprint:
            return []
        sums = {folder / name: each["sha256"] for name, each in values["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    found = (_keyed_vectors(path.parent, sums) for path in sums if path.name == KEYS)
    return [each for each in found if each]


def _keyed_vectors(folder: Path, sums: Mapping[Path, object]) -> KeyedVectors | None:
    """The keys and vectors in a folder, unless they are damaged."""
    try:
        if any(file_sha256(folder / name) != sums[folder / name] for name in (KEYS, VECTORS)):
            return None
        keys = np.load(folder / KEYS, allow_pickle=False)
        vectors = map_vectors(folder / VECTORS)
    except (OSError, ValueError, KeyError):
        return None
    return (keys, vectors) if keys.shape == (len(vectors), 16) and keys.dtype == np.uint8 else None
