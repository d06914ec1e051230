"""Writing the releases of a generation into PostgreSQL, before it is the current one.

Nobody reads them yet, so they are written some at a time, each time in a transaction of its own.
From the first passage that a transaction writes to its end, the index of ``pg_textsearch`` is
locked: searches wait, and can neither be cancelled nor time out. So a transaction has few passages,
writes them last, and waits for nothing meanwhile.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pgvector import HalfVector

from retrieval.index.folder_index import FolderIndex
from retrieval.index.postgres.stored_text import stored_text, stored_word, stored_words
from retrieval.indexing.release_words import ReleaseWords
from retrieval.indexing.report import OnProgress, Progress
from retrieval.places import places_text
from retrieval.postgres.database import Connection
from retrieval.text.tokens import folded

BATCH = 50
"""Releases that are written at a time."""

_RELEASE = (
    "release (number, born, id, title, folded_title, date, url, newsroom, author, dateline, source,"
    " date_source, gone, digest, places, passages)"
)
_COPY = "copy (release, position, id, url, newsroom, source)"
_PARAGRAPH = "paragraph (release, number, text, words)"
_PASSAGE = "passage (number, release, born, paragraph, first, stop, under, key, terms, vector)"
_PASSAGE_TYPES = "int8 int8 int8 int4 int4 int4 int4 bytea text halfvec".split()


@dataclass(slots=True)
class NewReleases:
    """The releases that were written, and what is counted of them.

    Attributes:
        next_release: the number that the next release has in the database.
        next_passage: likewise, of the next passage.
        numbers: in the database, by those in the folder.
        having: how many passages have each term, as it is stored.
        terms: how many terms the passages have, repeated ones included.
    """

    next_release: int
    next_passage: int
    numbers: dict[int, int] = field(default_factory=dict)
    having: Counter[str] = field(default_factory=Counter)
    terms: int = 0


class ReleaseWriter:
    """Writes releases of a data folder as rows of one generation.

    Args:
        connection: to the schema, in no transaction.
        index: the generation in the data folder.
        generation: its number in the database.
        new: the numbers that are free; it collects what is written.
    """

    def __init__(
        self, connection: Connection, index: FolderIndex, generation: int, new: NewReleases
    ) -> None:
        self._connection = connection
        self._index = index
        self._generation = generation
        self._new = new
        self._words = ReleaseWords(index)
        self._passages = np.bincount(index.release_of, minlength=index.manifest.releases)

    def write(self, digests: Mapping[int, bytes], on_progress: OnProgress) -> None:
        """Write releases, in order: their digests are by their numbers in the folder."""
        numbers = [*digests]
        for number in numbers:
            self._new.numbers[number] = self._new.next_release
            self._new.next_release += 1
        for start in range(0, len(numbers), BATCH):
            on_progress(Progress("publishing", start, len(numbers)))
            self._write_batch(numbers[start : start + BATCH], digests)
        if numbers:
            on_progress(Progress("publishing", len(numbers), len(numbers)))

    def _write_batch(self, numbers: Sequence[int], digests: Mapping[int, bytes]) -> None:
        rows = {
            _RELEASE: [*self._releases(numbers, digests)],
            _COPY: [*self._copies(numbers)],
            _PARAGRAPH: [*self._paragraphs(numbers)],
            _PASSAGE: [*self._passage_rows(numbers)],
        }
        with self._connection.transaction():
            for into, values in rows.items():
                types = _PASSAGE_TYPES if into == _PASSAGE else None
                with copy_into(self._connection, into, types) as write:
                    for each in values:
                        write(*each)

    def _releases(
        self, numbers: Sequence[int], digests: Mapping[int, bytes]
    ) -> Iterator[Sequence[object]]:
        infos = self._index.releases.by_number(numbers)
        for number in numbers:
            info = infos[number]
            yield (
                self._new.numbers[number],
                self._generation,
                *_stored(info.id, info.title, folded(info.title)),
                info.date,
                *_stored(info.url, info.newsroom, info.author, info.dateline, info.source),
                info.date_source and info.date_source.value,
                info.gone,
                digests[number],
                places_text(self._index.releases.places(number)),
                int(self._passages[number]),
            )

    def _copies(self, numbers: Sequence[int]) -> Iterator[Sequence[object]]:
        for number in numbers:
            for position, copy in enumerate(self._index.releases.copies(number)):
                texts = _stored(copy.id, copy.url, copy.newsroom, copy.source)
                yield self._new.numbers[number], position, *texts

    def _paragraphs(self, numbers: Sequence[int]) -> Iterator[Sequence[object]]:
        for number in numbers:
            words = self._words.of_paragraphs(number)
            for at, text in enumerate(self._index.releases.paragraphs(number), start=1):
                yield self._new.numbers[number], at, stored_text(text), words.get(at)

    def _passage_rows(self, numbers: Sequence[int]) -> Iterator[Sequence[object]]:
        new = self._new
        for number in numbers:
            for row in self._words.rows(number):
                new.having.update(set(map(stored_word, row.terms)))
                new.terms += len(row.terms)
                yield (
                    new.next_passage,
                    new.numbers[number],
                    self._generation,
                    row.passage.paragraph,
                    row.passage.start,
                    row.passage.end,
                    row.passage.under,
                    row.key,
                    stored_words(row.terms),
                    HalfVector(row.vector),
                )
                new.next_passage += 1


@contextmanager
def copy_into(
    connection: Connection, into: str, types: Sequence[str] | None = None
) -> Iterator[Any]:
    """A function that writes a row into a table; with the types of all columns, in binary."""
    form = " (FORMAT BINARY)" if types else ""
    with connection.cursor().copy(f"COPY {into} FROM STDIN{form}".encode()) as copy:
        if types:
            copy.set_types(types)
        yield lambda *row: copy.write_row(row)


def _stored(*texts: str | None) -> list[str | None]:
    return [None if each is None else stored_text(each) for each in texts]
