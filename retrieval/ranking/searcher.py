"""The pipeline of a question: understand, retrieve, rank, answer."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.reranker import Reranker, TextReading
from retrieval.index.index import Index
from retrieval.query.follow_up import Relation
from retrieval.query.understanding import ParsedQuery, parse_readings
from retrieval.question import MAX_CHARACTERS, Question
from retrieval.ranking.answer import Answer
from retrieval.ranking.answering import answer_from
from retrieval.ranking.candidates import Candidate, find_candidates, reranker_text
from retrieval.ranking.features import FeatureTable, feature_table
from retrieval.ranking.hits import Hit, Ranking, distinct
from retrieval.ranking.latest import latest_first
from retrieval.ranking.rounds import READ, read_in_rounds, with_readings
from retrieval.ranking.weights import FIRST_STAGE, RERANKED

_CONTEXT = 3  # releases of the previous question that count as context


class Searcher:
    """Answers questions from one generation of the index. Safe to use from several threads.

    Asking, source search, timelines, evaluation and training all go through it.

    Args:
        index: an open generation.
        encoder: the model that its vectors were made with.
        reranker: reads the best candidates; without one the features alone rank.
        today: the day from which "last March" is reckoned, asked anew for each question.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        reranker: Reranker | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.index = index
        self.encoder = encoder
        self.reranker = reranker
        self._today = today

    def understand(self, question: Question) -> ParsedQuery:
        """Parse a question, as its words alone tell. Raises as `understandings` does."""
        return self.understandings(question)[0]

    def understandings(self, question: Question) -> Sequence[ParsedQuery]:
        """Parse a question, with the context of the previous one where it asks about the same.

        Returns:
            What it means, or both of what it may mean (`retrieval.query.follow_up`).

        Raises:
            UnknownNewsroom: if its newsroom is unknown or ambiguous.
        """
        parsed = parse_readings(question, self.index, self._today())
        return [
            replace(each, context=self._context(question))
            if each.relation is Relation.COMPLETES
            else each
            for each in parsed
        ]

    def retrieve(self, query: ParsedQuery) -> list[Candidate]:
        """The candidates for a query, among the passages that its filter and phrases allow."""
        vector = self.encoder.encode_queries([query.text])[0]
        return find_candidates(self.index, self.index.search(vector, query.idf, query.selection))

    def rank(self, query: ParsedQuery, candidates: Sequence[Candidate]) -> list[Hit]:
        """The candidates with their features and scores, best first."""
        if not candidates:
            return []
        features = feature_table(query, candidates)
        first = features.weighted_sum(FIRST_STAGE)
        readings: Mapping[int, TextReading] = {}
        scores = first
        if self.reranker:
            readings = self._read(query, candidates, features, first)
            features = with_readings(features, readings)
            scores = features.weighted_sum(RERANKED)
        hits = [
            Hit(
                candidate=candidates[at],
                features=features.row(at),
                first_score=float(first[at]),
                reading=readings.get(at),
                score=float(scores[at]),
            )
            for at in np.argsort(-scores, kind="stable").tolist()
        ]
        return latest_first(hits) if query.latest else hits

    def search(self, question: Question) -> Ranking:
        """Understand, retrieve and rank. Raises as `understandings` does.

        A question that may mean two things means the one whose best passage scores higher.
        """
        rankings = [self._ranking(query) for query in self.understandings(question)]
        return max(
            rankings, key=lambda each: max((hit.score for hit in each.hits), default=-math.inf)
        )

    def answer(self, question: Question, threshold: float) -> Answer:
        """Answer a question, or say that nothing published does. Raises as `understand` does.

        Args:
            question: what to answer.
            threshold: the confidence, 0 to 1, from which the best passages count as an answer.
        """
        started = time.perf_counter()
        answer = answer_from(
            self.search(question),
            reranker=self.reranker,
            threshold=threshold,
            generation=self.index.manifest.generation,
            passages=self.index.manifest.passages,
        )
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        return replace(answer, milliseconds=milliseconds)

    def _ranking(self, query: ParsedQuery) -> Ranking:
        hits = self.rank(query, self.retrieve(query))
        return Ranking(query, distinct(hits, READ))

    def _read(
        self,
        query: ParsedQuery,
        candidates: Sequence[Candidate],
        features: FeatureTable,
        first: NDArray[np.float32],
    ) -> Mapping[int, TextReading]:
        def read(positions: Sequence[int]) -> Sequence[TextReading]:
            assert self.reranker
            texts = [reranker_text(candidates[at]) for at in positions]
            return self.reranker.read(query.text, texts)

        releases = [each.release.number for each in candidates]
        return read_in_rounds(features, first, releases, read)

    def _context(self, question: Question) -> Mapping[int, int]:
        """The releases that the previous question found, with their ranks."""
        cited = map(self.index.releases.find, question.cited)
        found = dict.fromkeys(release.number for release in cited if release)
        if not found:
            unranked = Searcher(self.index, self.encoder, None, self._today)
            previous = Question((question.previous or "")[:MAX_CHARACTERS])
            hits = unranked.search(previous).hits
            found = dict.fromkeys(hit.candidate.release.number for hit in hits)
        return {number: rank for rank, number in enumerate([*found][:_CONTEXT], start=1)}
