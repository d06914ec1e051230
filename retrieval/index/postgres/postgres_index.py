"""A generation in PostgreSQL, opened to be read."""

import json
from collections.abc import Mapping, Sequence, Set
from functools import cached_property

import numpy as np

from embeddings.encoder import Vectors
from retrieval.errors import IndexDamaged, IndexVersion, NoIndex
from retrieval.index.bm25 import idf_of
from retrieval.index.manifest import FORMAT, Manifest
from retrieval.index.names import NameIndex
from retrieval.index.postgres.passage_search import GenerationFacts, PostgresSearch
from retrieval.index.postgres.releases import PostgresReleases
from retrieval.index.postgres.schema import Generation, has_bm25_index
from retrieval.index.postgres.selection import (
    Condition,
    holding_phrases,
    holding_terms,
    selected,
)
from retrieval.index.postgres.stored_text import read_text, stored_word
from retrieval.index.scored_passages import Selection
from retrieval.index.titles import TitleIndex
from retrieval.index.vectors import Rows
from retrieval.index.vocabulary import Vocabulary
from retrieval.passages import Passage
from retrieval.postgres.database import PostgresDatabase
from retrieval.text.keys import release_key


class PostgresIndex:
    """An `Index` in PostgreSQL. Every method raises `DatabaseError`.

    Args:
        database: the schema of the index.
        manifest: of the generation.
        facts: what scores in it depend on.
    """

    def __init__(
        self, database: PostgresDatabase, manifest: Manifest, facts: GenerationFacts
    ) -> None:
        self.manifest = manifest
        self.generation = facts.generation
        self.releases = PostgresReleases(database, facts.generation)
        self._database = database
        self._facts = facts
        self._alive = facts.generation.has("passage")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """As `Index.vocabulary`, loaded when it is first used."""
        query = f"SELECT word, count FROM word WHERE {self._facts.generation.has('word')}"
        rows = self._database.select(query)
        return Vocabulary(dict(sorted((read_text(word), count) for word, count in rows)))

    @cached_property
    def names(self) -> NameIndex:
        """As `Index.names`."""
        return NameIndex(self.releases.authors())

    @cached_property
    def release_keys(self) -> Mapping[str, int]:
        """As `Index.release_keys`."""
        return {release_key(id): number for id, number in self.releases.ids().items()}

    @cached_property
    def titles(self) -> TitleIndex:
        """As `Index.titles`."""
        return TitleIndex(self.releases.select())

    def located(self, rows: Rows) -> list[tuple[int, Passage]]:
        """As `Index.located`."""
        query = (
            "SELECT number, release, paragraph, first, stop, under FROM passage"
            " WHERE number = ANY(%s)"
        )
        found = {
            number: (release, Passage(*fields))
            for number, release, *fields in self._database.select(query, [rows.tolist()])
        }
        try:
            return [found[row] for row in rows.tolist()]
        except KeyError as error:
            reason = f"generation {self.manifest.generation} is no longer there"
            raise IndexDamaged(self._database.address, reason) from error

    def passages_of(self, release: int) -> list[Passage]:
        """As `Index.passages_of`."""
        query = (
            "SELECT paragraph, first, stop, under FROM passage WHERE release = %s ORDER BY number"
        )
        return [Passage(*fields) for fields in self._database.select(query, [int(release)])]

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """As `Index.idf`."""
        held = self._frequencies(terms)
        size = self._facts.passages
        return {term: idf_of(held[term], size) for term in terms}

    def search(
        self, vector: Vectors, idf: Mapping[str, float], selection: Selection | None
    ) -> PostgresSearch:
        """As `Index.search`."""
        return PostgresSearch(self._database, self._facts, vector, idf, selection)

    def releases_with(self, selection: Selection) -> Set[int]:
        """As `Index.releases_with`."""
        return self._releases_of(selected(selection, self._facts.generation))

    def releases_about(self, terms: Sequence[str], *, share: float, least: int) -> Set[int]:
        """As `Index.releases_about`."""
        holding = holding_terms(terms)
        rows = self._database.select(
            "SELECT release FROM (SELECT passage.release, count(*) AS holding FROM passage"
            f" WHERE {self._alive} AND {holding.sql} GROUP BY passage.release) AS held"
            " JOIN release ON release.number = held.release"
            " WHERE holding >= greatest(least(greatest(release.passages, 1), %s),"
            " %s * release.passages)",
            [*holding.values, least, share],
        )
        return frozenset(number for (number,) in rows)

    def releases_having(self, terms: Sequence[str]) -> Set[int]:
        """As `Index.releases_having`."""
        having = [self._releases_of(holding_terms([term])) for term in dict.fromkeys(terms)]
        return frozenset.intersection(*having) if having else frozenset()

    def releases_quoting(self, phrase: str) -> Set[int]:
        """As `Index.releases_quoting`."""
        holding = holding_phrases([phrase])
        rows = self._database.select(
            "SELECT DISTINCT paragraph.release FROM paragraph JOIN release"
            " ON release.number = paragraph.release"
            f" WHERE {self._facts.generation.has('release')} AND {holding.sql}",
            holding.values,
        )
        return frozenset(number for (number,) in rows)

    def releases_near(self, vector: Vectors, cosine: float) -> Set[int]:
        """As `Index.releases_near`. Reads every vector once, in the database."""
        return self._releases_of(
            Condition(
                "passage.vector::vector <#> %s::vector <= %s",
                (str(np.asarray(vector, dtype=np.float32).tolist()), -cosine),
            )
        )

    def _releases_of(self, condition: Condition) -> frozenset[int]:
        """The numbers of the releases that have a passage that meets a condition."""
        query = (
            f"SELECT DISTINCT passage.release FROM passage WHERE {self._alive} AND {condition.sql}"
        )
        return frozenset(number for (number,) in self._database.select(query, condition.values))

    def _frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """How many passages have each term."""
        stored = {stored_word(term): term for term in terms}
        rows = self._database.select(
            f"SELECT term, passages FROM term WHERE {self._facts.generation.has('term')}"
            " AND term = ANY(%s)",
            [[*stored]],
        )
        return dict.fromkeys(terms, 0) | {stored[term]: count for term, count in rows}


def current_generation(database: PostgresDatabase) -> int | None:
    """The number of the current generation; None if there is none. Takes one small query."""
    rows = database.select("SELECT generation FROM current")
    return int(rows[0][0]) if rows else None


def current_manifest(database: PostgresDatabase) -> tuple[Generation, Manifest]:
    """The current generation, and its manifest.

    Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
    """
    rows = database.select(
        "SELECT number, epoch, manifest FROM generation JOIN current ON generation = number"
    )
    if not rows:
        raise NoIndex(database.address)
    ((number, epoch, text),) = rows
    try:
        if (format := json.loads(text)["format"]) != FORMAT:
            raise IndexVersion(database.address, format, FORMAT)
        return Generation(number, epoch), Manifest.from_json(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamaged(database.address, f"the manifest: {error}") from error


def open_postgres_index(database: PostgresDatabase) -> PostgresIndex:
    """Open the current generation. Raises `NoIndex`, `IndexDamaged` or `IndexVersion`."""
    generation, manifest = current_manifest(database)
    with database.connection() as connection:
        rows = connection.execute(
            "SELECT terms FROM generation WHERE number = %s", [generation.number]
        ).fetchall()
        has_bm25 = has_bm25_index(connection)
    if not rows:
        raise IndexDamaged(database.address, f"generation {generation.number} is no longer there")
    mean = rows[0][0] / max(manifest.passages, 1)
    facts = GenerationFacts(generation, manifest.dimensions, manifest.passages, mean, has_bm25)
    return PostgresIndex(database, manifest, facts)
