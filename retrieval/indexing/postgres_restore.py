"""Making the generation of a data folder of the one in PostgreSQL.

Who builds has a data folder, and writes into the database what differs from it. On a host that has
none, or an older one, this makes it; nothing is embedded for that. Vectors come from the database
in half precision, and go back as they came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pgvector import HalfVector

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import VerbatimError
from embeddings.models import Model
from retrieval.content import exact_digest
from retrieval.index import generations
from retrieval.index.earlier_wordings import StoredWording, store_wordings
from retrieval.index.manifest import Manifest, file_sums
from retrieval.index.postgres.postgres_index import PostgresIndex
from retrieval.index.postgres.schema import Generation
from retrieval.index.postgres.stored_text import read_text
from retrieval.index.remembered_sources import SOURCES
from retrieval.index.sign_codes import CODED_FROM
from retrieval.indexing.analysis import VERSION
from retrieval.indexing.analysis_cache import AnalysisCache
from retrieval.indexing.deduplication import DistinctRelease
from retrieval.indexing.embed import KeyedVectors, PendingVectors
from retrieval.indexing.generation_writer import write_generation
from retrieval.indexing.previous_generation import PreviousGeneration
from retrieval.indexing.report import OnProgress
from retrieval.indexing.segment_plan import MergePolicy
from retrieval.indexing.wording_record import READERS
from retrieval.postgres.database import Connection
from retrieval.release import Place, Release, ReleaseInfo

_VECTORS = 4096  # fetched at a time


class NotStored(VerbatimError):
    """The vector of a passage is not in the database, and its model is not at hand."""

    def __init__(self, model: str) -> None:
        super().__init__(f"not all vectors of {model} are in the database")
        self.model = model


@dataclass(frozen=True, slots=True)
class _StoredVectors:
    """In place of an encoder, where all vectors are known already."""

    model: Model
    dimensions: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        raise NotStored(self.model.name)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        raise NotStored(self.model.name)


def restore_generation(
    connection: Connection,
    index: PostgresIndex,
    data: Path,
    encoder: Encoder,
    on_progress: OnProgress = lambda _: None,
) -> Manifest:
    """Publish a generation of the database in a data folder, as its current one.

    Args:
        connection: to the schema of the index.
        index: the generation, opened.
        data: the data folder, which is created if need be.
        encoder: computes vectors that are missing, if the generation is of its model.
        on_progress: called at each step.

    Raises:
        NotStored: if vectors are missing, and the generation is of another model.
        IndexDamaged: if a release is not the one that was written.
        IndexBusy: if a build is under way in the data folder.
        CannotWrite: if the folder cannot be written.
    """
    model = Model(index.manifest.model, Path(), index.manifest.fingerprint)
    if model.fingerprint != encoder.model.fingerprint:
        encoder = _StoredVectors(model, index.manifest.dimensions)
    with generations.building(data) as folder:
        pending = PendingVectors(data, encoder.model.fingerprint)
        for keys, vectors in _vectors(connection, index.generation):
            pending.add(keys, vectors)
        cache = AnalysisCache()
        releases = [*_releases(index)]
        for each in releases:
            cache.digests(each.release)
        written = write_generation(
            folder,
            releases,
            cache,
            encoder,
            PreviousGeneration(),
            pending=pending,
            coded_from=CODED_FROM,
            merge_policy=MergePolicy(),
            on_progress=on_progress,
        )
        rows = connection.execute(
            "SELECT sources, readers FROM generation WHERE number = %s", [index.generation.number]
        ).fetchall()
        for name, text in zip((SOURCES, READERS), rows[0], strict=True):
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        restore_wordings(connection, data)
        manifest = Manifest(
            generation=_name(data, index.manifest.generation),
            created=datetime.now(UTC).replace(microsecond=0),
            model=encoder.model.name,
            fingerprint=encoder.model.fingerprint,
            dimensions=written.dimensions,
            releases=len(releases),
            paragraphs=index.manifest.paragraphs,
            passages=written.passages,
            refused=index.manifest.refused,
            coded=written.coded,
            recall=written.recall,
            analysis=VERSION,
            files=file_sums(folder),
            segments=written.segments,
        )
        generations.publish(data, folder, manifest)
    return manifest


def restore_wordings(connection: Connection, data: Path) -> None:
    """Make the earlier wordings of a data folder those of the database."""
    rows = connection.execute(
        "SELECT number, release, replaced, size, text FROM wording ORDER BY number"
    )
    store_wordings(
        data,
        (StoredWording(number, read_text(release), *others) for number, release, *others in rows),
    )


def _name(data: Path, name: str) -> str:
    """A name for the generation: that in the database, unless the folder is further on."""
    return max(name, generations.next_name(data), key=lambda each: int(each[1:]))


def _releases(index: PostgresIndex) -> Iterator[DistinctRelease]:
    """The releases of a generation, oldest first, undated last."""
    store = index.releases
    digests = store.contents()
    infos = store.select()
    dated, undated = (
        [each for each in infos if each.date],
        [each for each in infos if not each.date],
    )
    for info in (*reversed(dated), *reversed(undated)):
        paragraphs, places = store.paragraphs(info.number), store.places(info.number)
        copies = store.copies(info.number)
        store.check(info, paragraphs, places, copies)
        release = _release(info, paragraphs, places)
        yield DistinctRelease(
            release,
            tuple(
                Release(
                    copy.id,
                    info.title,
                    (),
                    url=copy.url,
                    newsroom=copy.newsroom,
                    source=copy.source,
                )
                for copy in copies
            ),
            exact_digest(release),
            digests[info.id].digest,
        )


def _release(info: ReleaseInfo, paragraphs: Sequence[str], places: tuple[Place, ...]) -> Release:
    return Release(
        id=info.id,
        title=info.title,
        paragraphs=paragraphs,
        date=info.date,
        url=info.url,
        newsroom=info.newsroom,
        author=info.author,
        dateline=info.dateline,
        source=info.source,
        date_source=info.date_source,
        places=places,
        gone=info.gone,
    )


def _vectors(connection: Connection, generation: Generation) -> Iterator[KeyedVectors]:
    """The keys and vectors of a generation, each once, some at a time."""
    query = (
        "SELECT DISTINCT ON (key) key, vector FROM passage"
        f" WHERE {generation.has('passage')} ORDER BY key"
    )
    with connection.transaction(), connection.cursor("verbatim_vectors", binary=True) as cursor:
        cursor.execute(query.encode())
        while rows := cursor.fetchmany(_VECTORS):
            keys, vectors = zip(*rows, strict=True)
            yield (
                np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16),
                np.stack([HalfVector.from_binary(each).to_numpy() for each in vectors]).astype(
                    np.float32
                ),
            )
