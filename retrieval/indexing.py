"""From release sources to a new generation: read, compare, embed what is new, write, swap."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from retrieval import generations
from retrieval.catalogue import CATALOGUE, Held, open_catalogue, write_catalogue
from retrieval.editions import Edition, editions
from retrieval.errors import IndexDamaged, IndexVersion, NoIndex
from retrieval.index import (
    KEYS,
    LEXICAL,
    PASSAGES,
    REPEATS,
    VECTORS,
    WORDS,
    Index,
    open_index,
)
from retrieval.lexical import LexicalIndex
from retrieval.manifest import Manifest, file_sums
from retrieval.passages import Passage, embedded_text, lexical_text, passage_key, passages
from retrieval.pending import PendingVectors
from retrieval.release import Refused, Release
from retrieval.report import Documents, IndexReport, OnProgress, Progress
from retrieval.sources import read_sources
from retrieval.spelling import Vocabulary
from retrieval.terms import terms
from retrieval.vector_file import write_vectors


def build_index(
    data: Path,
    sources: Sequence[Path],
    encoder: Encoder,
    *,
    newsroom: str | None = None,
    rebuild: bool = False,
    on_progress: OnProgress = lambda _: None,
) -> IndexReport:
    """Make the index hold what ``sources`` hold now, and swap it in.

    Only passages whose text is new are embedded, unless ``rebuild``. Where nothing changed the
    generation stays. Stopped at any point (an exception from ``on_progress``, a signal, a power
    cut), the generation in use stays as it was, and what was embedded serves the next build.

    Raises `SourceMissing`, `NoReleases`, `IndexBusy`, `CannotWrite` or `ModelNotFound`.
    """
    started = time.perf_counter()
    with generations.building(data) as folder:
        found, refused = _read(sources, newsroom, on_progress)
        new = editions(found)
        now = {
            each.release.id: Held(each.digest, each.release.source, each.release.title)
            for each in new
        }
        before = _contents(data)
        old = None if rebuild else _reusable(data, encoder)
        if old and now == before:
            manifest = old.manifest
        else:
            dimensions, rows = _write_files(folder, new, encoder, old, data, on_progress)
            manifest = Manifest(
                generation=generations.next_name(data),
                created=datetime.now(UTC).replace(microsecond=0),
                model=encoder.model.name,
                fingerprint=encoder.model.fingerprint,
                dimensions=dimensions,
                releases=len(new),
                paragraphs=sum(len(edition.release.paragraphs) for edition in new),
                passages=rows,
                refused=len(refused),
                files=file_sums(folder),
            )
            generations.publish(data, folder, manifest)
        generations.remember_sources(data, sources)
    both = now.keys() & before.keys()
    changed = [id for id in now if id in both and now[id].digest != before[id].digest]
    documents = Documents(
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
    sources: Sequence[Path], newsroom: str | None, on_progress: OnProgress
) -> tuple[list[Release], list[Refused]]:
    found: list[Release] = []
    refused: list[Refused] = []
    for item in read_sources(sources, newsroom=newsroom):
        if isinstance(item, Refused):
            refused.append(item)
        else:
            found.append(item)
            on_progress(Progress("reading", len(found)))
    return found, refused


def _contents(data: Path) -> dict[str, Held]:
    """What the current generation holds, by release id; nothing where it cannot be read."""
    try:
        return open_catalogue(data)[1].contents()
    except (NoIndex, IndexDamaged, IndexVersion):
        return {}


def _reusable(data: Path, encoder: Encoder) -> Index | None:
    """The current generation, if it is whole and of the same model."""
    try:
        old = open_index(data)
    except (NoIndex, IndexDamaged, IndexVersion):
        return None
    return old if old.manifest.fingerprint == encoder.model.fingerprint else None


def _write_files(
    folder: Path,
    new: Sequence[Edition],
    encoder: Encoder,
    old: Index | None,
    data: Path,
    on_progress: OnProgress,
) -> tuple[int, int]:
    """Write all but the manifest; return the dimensions and the number of passages."""
    rows = [
        (number, edition.release, passage)
        for number, edition in enumerate(new)
        for passage in passages(edition.release)
    ]
    texts = [embedded_text(release.title, passage) for _, release, passage in rows]
    keys = np.frombuffer(b"".join(map(passage_key, texts)), dtype=np.uint8).reshape(-1, 16)
    places = np.array([(number, passage.paragraph) for number, _, passage in rows], dtype=np.int32)

    def on_row(row: int) -> None:
        on_progress(Progress("embedding", rows[row][0], len(new)))

    on_progress(Progress("embedding", 0, len(new)))
    dimensions = write_vectors(
        folder / VECTORS,
        texts,
        keys,
        encoder,
        known=(old.keys, old.vectors.vectors) if old else None,
        pending=PendingVectors(data, encoder.model.fingerprint),
        on_row=on_row,
    )
    on_progress(Progress("writing", len(new), len(new)))
    np.save(folder / PASSAGES, places)
    np.save(folder / KEYS, keys)
    np.save(folder / REPEATS, _repeats(rows))
    Vocabulary.of(_texts(new)).save(folder / WORDS)
    documents = [terms(lexical_text(release, passage)) for _, release, passage in rows]
    LexicalIndex.build(documents).save(folder / LEXICAL)
    write_catalogue(folder / CATALOGUE, new)
    return dimensions, len(rows)


def _repeats(rows: Sequence[tuple[int, Release, Passage]]) -> NDArray[np.int32]:
    """(n,) int32: how many releases hold the paragraph of each row, word for word."""
    texts = [release.paragraphs[passage.paragraph - 1] for _, release, passage in rows]
    owners: dict[str, set[int]] = {}
    for (number, _, _), text in zip(rows, texts, strict=True):
        owners.setdefault(text, set()).add(number)
    return np.array([len(owners[text]) for text in texts], dtype=np.int32)


def _texts(new: Sequence[Edition]) -> Iterator[str]:
    """All that the releases say, and who says it."""
    for edition in new:
        yield edition.release.title
        yield edition.release.author or ""
        yield from edition.release.paragraphs
