"""The passages of a selection in PostgreSQL, scored for one question.

Few passages are all scored. Of many, the database finds candidates, which are then scored exactly:
the nearest by the signs of their vectors (an HNSW index over ``bit``), and of those the nearest by
their vectors in half precision; the best by BM25 in the index of ``pg_textsearch``, or, on a server
without it, all passages that have one of the question's rarest terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from embeddings.encoder import Vectors
from retrieval.index.bm25 import K1, B, frequency_of
from retrieval.index.postgres.releases import filter_condition
from retrieval.index.postgres.schema import BM25_INDEX, Generation, code_of
from retrieval.index.postgres.selection import having_one, selected
from retrieval.index.postgres.stored_text import stored_word
from retrieval.index.scored_passages import ScoredPassages, Selection
from retrieval.index.vectors import Rows, top_k
from retrieval.postgres.database import Connection, PostgresDatabase

SCORED = 1_000
"""Passages: up to so many are all scored."""
EXACT_UP_TO = 20_000
"""Passages: up to so many are compared by their vectors in half precision."""
EXACT_SHARE = 1 / 20
"""Of all passages: so are up to that many. pgvector looks at 20,000 for those of a selection."""
CODED = 1_000
"""Passages: so many of the nearest by their signs, or more, are compared by their vectors."""
CODED_SHARE = 1 / 300
"""Of all passages: that many are compared, from `CODED` up to `MOST_CODED`."""
MOST_CODED = 8_000
RAREST = 20_000
"""Passages: without an index for BM25, so many may have one of the terms that are searched for."""

_EXPLORED = 1_000  # the most that pgvector lets a search of its index keep
_MORE = 2  # times as many by BM25 as are asked for: the index rounds the lengths of passages


@dataclass(frozen=True, slots=True)
class GenerationFacts:
    """What scores depend on besides the passages.

    Attributes:
        generation: which rows are of it.
        dimensions: the length of a vector.
        passages: how many there are.
        mean_length: the mean number of terms of a passage.
        has_bm25: whether an index of ``pg_textsearch`` has the passages.
    """

    generation: Generation
    dimensions: int
    passages: int
    mean_length: float
    has_bm25: bool


class PostgresSearch:
    """A `PassageSearch` in PostgreSQL.

    Args:
        database: the schema of the index.
        facts: of the generation.
        vector: (d,) float32, the question's.
        idf: the question's terms with their inverse document frequencies.
        selection: what may be found.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        facts: GenerationFacts,
        vector: Vectors,
        idf: Mapping[str, float],
        selection: Selection | None,
    ) -> None:
        self._database = database
        self._facts = facts
        self._vector = vector
        self._idf = {stored_word(term): value for term, value in idf.items()}
        self._term_of = {stored_word(term): term for term in idf}
        self._total_idf = np.float32(sum(idf.values()) or 1.0)
        condition = selected(selection, facts.generation)
        self._selection = selection or Selection()
        self._alive = f"{facts.generation.has('passage')} AND {condition.sql}"
        self._values = condition.values
        self._terms: dict[int, frozenset[str]] = {}

    def best(self, k: int) -> ScoredPassages:
        """As `PassageSearch.best`."""
        with self._database.transaction() as connection:
            exact = max(EXACT_UP_TO, int(EXACT_SHARE * self._facts.passages))
            count = self._count(connection, exact)
            if count <= max(SCORED, k):
                every = self._scored(connection, self._alive, self._values)
                kept = np.union1d(top_k(every.cosine, k), _matching(every, k))
                return _chosen(every, kept)
            nearest = self._nearest(connection, k, is_exact=count <= exact)
            is_few = count <= EXACT_UP_TO and count < self._facts.passages
            sharing = self._sharing(connection, k, is_few=is_few)
            numbers = sorted({*nearest, *sharing})
            found = self._scored(connection, "number = ANY(%s)", [numbers])
        is_near = np.flatnonzero(np.isin(found.rows, np.array(nearest, dtype=np.intp)))
        near = is_near[top_k(found.cosine[is_near], k)]
        return _chosen(found, np.union1d(near, _matching(found, k)))

    def of_releases(self, releases: Sequence[int]) -> ScoredPassages:
        """As `PassageSearch.of_releases`."""
        with self._database.connection() as connection:
            numbers = [int(each) for each in releases]
            condition = f"{self._alive} AND passage.release = ANY(%s)"
            return self._scored(connection, condition, [*self._values, numbers])

    def best_of_releases(self, cosine: float) -> NDArray[np.float32]:
        """As `PassageSearch.best_of_releases`. Reads every vector once, in the database."""
        query = (
            "SELECT passage.number, passage.release, -(passage.vector::vector <#> %s::vector)"
            f" FROM passage WHERE {self._alive}"
        )
        with self._database.connection() as connection:
            rows = connection.execute(
                query.encode(), [str(self._vector.tolist()), *self._values], binary=True
            ).fetchall()
            releases = [
                number
                for (number,) in connection.execute(
                    f"SELECT number FROM release WHERE {self._facts.generation.has('release')}"
                    " ORDER BY number".encode()
                )
            ]
            condition = f"{self._alive} AND string_to_array(passage.terms, ' ') && %s"
            sharing = self._scored(connection, condition, [*self._values, [*self._idf]])
        bm25 = dict(zip(sharing.rows.tolist(), sharing.bm25.tolist(), strict=True))
        position = {number: at for at, number in enumerate(releases)}
        best = np.full(len(releases), -np.inf, dtype=np.float32)
        if rows:
            numbers, owners, cosines = zip(*rows, strict=True)
            shares = np.array([bm25.get(each, 0.0) for each in numbers], dtype=np.float32)
            means = np.float32(cosine) * np.array(cosines, dtype=np.float32)
            means += np.float32(1 - cosine) * shares
            np.maximum.at(best, [position[each] for each in owners], means)
        return best

    def terms_in(self, rows: Rows) -> list[frozenset[str]]:
        """As `PassageSearch.terms_in`."""
        unknown = [row for row in rows.tolist() if row not in self._terms]
        if unknown:
            with self._database.connection() as connection:
                self._scored(connection, "number = ANY(%s)", [unknown])
        return [self._terms.get(row, frozenset()) for row in rows.tolist()]

    def _count(self, connection: Connection, most: int) -> int:
        """How many passages are searched at most; some number over ``most`` if there are more."""
        wanted, where = self._selection, self._facts.generation.has("release")
        if self._facts.passages <= SCORED or not (wanted.filter or wanted.phrases):
            return self._facts.passages
        if not wanted.phrases:
            sql, values = filter_condition(wanted.filter)
            query = f"SELECT coalesce(sum(passages), 0) FROM release WHERE {where} AND {sql}"
            ((count,),) = connection.execute(query.encode(), values).fetchall()
            return int(count)
        query = (
            f"SELECT count(*) FROM (SELECT FROM passage WHERE {self._alive} LIMIT {most + 1}) AS x"
        )
        ((count,),) = connection.execute(query.encode(), self._values).fetchall()
        return int(count)

    def _nearest(self, connection: Connection, k: int, *, is_exact: bool) -> list[int]:
        """The numbers of the ``k`` nearest passages, or a few more."""
        vector = _literal(self._vector)
        by_vector = "ORDER BY vector <#> %s::halfvec LIMIT %s"
        if is_exact:
            query = f"SELECT number FROM passage WHERE {self._alive} {by_vector}"
            rows = connection.execute(query.encode(), [*self._values, vector, k])
            return [number for (number,) in rows]
        size = self._facts.dimensions
        wanted = compared(self._facts.passages, k)
        connection.execute(f"SET LOCAL hnsw.ef_search = {min(wanted, _EXPLORED)}".encode())
        # Goes on until enough of the nearest are of the selection.
        connection.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        query = (
            "WITH coded AS MATERIALIZED ("
            f" SELECT passage.number, passage.vector FROM passage WHERE {self._alive} ORDER BY"
            f" {code_of('passage.vector', size)} <~> {code_of('%s::halfvec', size)} LIMIT %s)"
            f" SELECT number FROM coded {by_vector}"
        )
        values = [*self._values, vector, wanted, vector, k]
        return [number for (number,) in connection.execute(query.encode(), values)]

    def _sharing(self, connection: Connection, k: int, *, is_few: bool) -> list[int]:
        """The numbers of passages among which the ``k`` best by BM25 are.

        The index of ``pg_textsearch`` knows no filter: where few passages are searched, it would
        go through many others.
        """
        if not self._idf:
            return []
        if self._facts.has_bm25 and not is_few:
            query = (
                f"SELECT number FROM passage WHERE {self._alive} ORDER BY passage.terms"
                f" <@> to_bm25query(%s, '{BM25_INDEX}') LIMIT %s"
            )
            values = [*self._values, " ".join(self._idf), _MORE * k]
            return [number for (number,) in connection.execute(query.encode(), values)]
        if is_few:  # the index over terms would find those of all other passages too
            having = having_one(self._rarest(), "padded")
            query = (
                "WITH few AS MATERIALIZED (SELECT number, ' ' || passage.terms || ' ' AS padded"
                f" FROM passage WHERE {self._alive})"
                f" SELECT number, trim(padded) FROM few WHERE {having.sql} ORDER BY number"
            )
            values = [*self._values, *having.values]
        else:
            query = (
                f"SELECT number, passage.terms FROM passage WHERE {self._alive}"
                " AND string_to_array(passage.terms, ' ') && %s ORDER BY number"
            )
            values = [*self._values, self._rarest()]
        rows = connection.execute(query.encode(), values, binary=True).fetchall()
        if not rows:
            return []
        # Their vectors would be most of what is sent, so only those of the best follow.
        numbers, terms = zip(*rows, strict=True)
        best = top_k(self._bm25(*self._counted(terms)), k)
        return [numbers[at] for at in best.tolist()]

    def _rarest(self) -> list[str]:
        """The rarest terms, one at least, that `RAREST` passages at most have one of."""
        chosen, held = list[str](), 0.0
        for term in sorted(self._idf, key=self._idf.__getitem__, reverse=True):
            count = frequency_of(self._idf[term], self._facts.passages)
            if held >= 0.5 and held + count > RAREST:  # a term that no passage has is none of them
                break
            chosen.append(term)
            held += count
        return chosen

    def _scored(
        self, connection: Connection, condition: str, values: Sequence[object]
    ) -> ScoredPassages:
        """The passages that meet a condition, with their scores."""
        query = (
            f"SELECT number, release, terms, vector FROM passage WHERE {condition} ORDER BY number"
        )
        rows = connection.execute(query.encode(), values, binary=True).fetchall()
        if not rows:
            none = np.empty(0, dtype=np.float32)
            return ScoredPassages(none.astype(np.intp), none.astype(np.int32), none, none)
        numbers, releases, terms, vectors = zip(*rows, strict=True)
        counts, lengths = self._counted(terms)
        names = [*self._term_of.values()]
        for number, held in zip(numbers, counts > 0, strict=True):
            self._terms[number] = frozenset(compress(names, held.tolist()))
        return ScoredPassages(
            np.array(numbers, dtype=np.intp),
            np.array(releases, dtype=np.int32),
            np.vecdot(_matrix(vectors), self._vector),
            self._bm25(counts, lengths),
        )

    def _bm25(self, counts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n,) float32: the share of BM25 of passages, as `Bm25Index.scores`."""
        norms = K1 * ((1 - B) + B * lengths / (self._facts.mean_length or 1.0))
        scores = np.zeros(len(lengths), dtype=np.float32)
        for idf, count in zip(self._idf.values(), counts.T, strict=True):
            scores += (count / (count + norms) * np.float32(idf)).astype(np.float32)
        return scores / self._total_idf

    def _counted(self, terms: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How often passages with these terms have each of the question's, and how many they have.

        (n, t) int64 and (n,) int64.
        """
        size = len(self._idf)
        lengths = np.array([each.count(" ") + 1 for each in terms], dtype=np.int64)
        places = {term: at for at, term in enumerate(self._idf)}
        held = " ".join(terms).split(" ")
        found = np.fromiter(map(places.get, held, repeat(size)), dtype=np.int64, count=len(held))
        cells = np.repeat(np.arange(len(terms)) * (size + 1), lengths) + found
        counts = np.bincount(cells, minlength=len(terms) * (size + 1))
        return counts.reshape(len(terms), size + 1)[:, :size], lengths


def compared(passages: int, k: int) -> int:
    """How many of the nearest by their signs are compared, to find the ``k`` nearest of passages.

    The more passages there are, the more of them lie between these by their signs.
    """
    return max(CODED, 10 * k, min(round(CODED_SHARE * passages), MOST_CODED))


def _matching(found: ScoredPassages, k: int) -> Rows:
    """The positions of the ``k`` best by BM25 that share a term."""
    sharing = np.flatnonzero(found.bm25 > 0)
    return sharing[top_k(found.bm25[sharing], k)]


def _chosen(found: ScoredPassages, kept: Rows) -> ScoredPassages:
    """Those at some positions, (m,) intp."""
    return ScoredPassages(
        found.rows[kept], found.releases[kept], found.cosine[kept], found.bm25[kept]
    )


def _matrix(vectors: Sequence[bytes]) -> Vectors:
    """(n, d) float32, of vectors in half precision as the database sends them."""
    return np.stack([HalfVector.from_binary(each).to_numpy() for each in vectors]).astype(
        np.float32
    )


def _literal(vector: Vectors) -> str:
    """A vector as the database reads it."""
    return HalfVector(vector).to_text()
