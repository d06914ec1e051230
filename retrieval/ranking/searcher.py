"""The one way of a question: read, find candidates, weigh the evidence, read the best, rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.index.index import Index
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.passages import embedded_text
from retrieval.query.understanding import QuestionHints, quoted_phrases, read_question
from retrieval.question import Question
from retrieval.ranking.candidates import Candidate, described, find_candidates
from retrieval.ranking.features import Asked, evidence
from retrieval.ranking.weights import EVIDENCE, EVIDENCE_READ, RERANKER
from retrieval.release import Filter, ReleaseInfo
from retrieval.text.overlap import near_duplicates
from retrieval.text.tokens import terms

READ = 16  # candidates that the reranker reads: 24 find hardly more (docs/retrieval.md)
_CONTEXT = 3  # releases of the question before that count as its context


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A question as it is searched for.

    ``text`` is what is encoded: with slips mended, and behind the question before where it leans on
    that. ``filter`` is what the options and the question's own dates let through.
    """

    question: Question
    text: str
    repair: SpellingCorrection
    reading: QuestionHints
    filter: Filter
    weights: Mapping[str, float]

    @property
    def read_dates(self) -> bool:
        """Whether the dates of the filter are those that the question names itself."""
        return self.filter.undated


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate in its place: what speaks for it, and what it comes to.

    ``evidence`` is a row of `retrieval.ranking.features.FEATURES`; ``reranker`` is its score, None
    where it was not read; ``total`` is what ranks. ``also`` are candidates of other releases that
    say the same.
    """

    candidate: Candidate
    evidence: tuple[float, ...]
    first: float
    reranker: float | None
    total: float
    also: tuple[Candidate, ...] = ()

    @property
    def paragraph(self) -> str:
        """The whole paragraph that the passage is of."""
        return self.candidate.paragraph


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that was looked at closely, best first, and how the question was understood."""

    parsed: ParsedQuery
    hits: tuple[Hit, ...]


def understand(index: Index, question: Question, today: date) -> ParsedQuery:
    """Read a question against what there is. Raises `UnknownNewsroom`."""
    repair = index.vocabulary.corrected(question.text)
    # A phrase is meant as it stands.
    reading = replace(
        read_question(repair.text, today, index.names), phrases=quoted_phrases(question.text)
    )
    text = replace(question, text=repair.text).searched_text
    return ParsedQuery(
        question=question,
        text=text,
        repair=repair,
        reading=reading,
        filter=_filter(index, question, reading),
        weights={term: index.bm25.idf(term) for term in terms(text)},
    )


def _filter(index: Index, question: Question, reading: QuestionHints) -> Filter:
    """The options, or, where they name no dates, those that the question names."""
    newsroom = index.releases.newsroom(question.newsroom)
    since, until = reading.span
    if question.since or question.until or not (since or until):
        return Filter(question.since, question.until, newsroom)
    return Filter(since, until, newsroom, undated=True)


def search(
    index: Index, encoder: Encoder, reranker: Reranker | None, question: Question, today: date
) -> Ranking:
    """Rank what may answer a question. Raises `UnknownNewsroom`."""
    parsed = understand(index, question, today)
    hits = weighed(index, encoder, reranker, parsed, context(index, encoder, question, today))
    return Ranking(parsed, distinct(hits))


def weighed(
    index: Index,
    encoder: Encoder,
    reranker: Reranker | None,
    parsed: ParsedQuery,
    cited: Mapping[int, int],
) -> list[Hit]:
    """All candidates for what is understood, best first; ``cited`` is what `context` gives."""
    candidates = gather(index, encoder, parsed, cited)
    if not candidates:
        return []
    asked = Asked(parsed.text, parsed.weights, parsed.reading, cited)
    rows = evidence(asked, candidates)
    first = rows @ np.array(EVIDENCE, dtype=np.float32)
    order = np.argsort(-first, kind="stable")
    read, totals = None, first
    if reranker:
        best = order[:READ]
        texts = [reranker_text(candidates[at]) for at in best]
        read = dict(zip(best.tolist(), reranker.scores(parsed.text, texts).tolist(), strict=True))
        totals = totals_read(rows, read)
        order = np.argsort(-totals, kind="stable")
    return [
        Hit(
            candidate=candidates[at],
            evidence=tuple(rows[at].tolist()),
            first=float(first[at]),
            reranker=read.get(at) if read else None,
            total=float(totals[at]),
        )
        for at in order.tolist()
    ]


def distinct(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits, best first, with each paragraph once, and once what joint releases share."""
    return tuple(_collapsed(_one_a_paragraph(hits)))


def context(index: Index, encoder: Encoder, question: Question, today: date) -> Mapping[int, int]:
    """The releases, with their ranks, that the question before this one found, if it needs them."""
    if not (question.leans_back and question.previous):
        return {}
    found = map(index.releases.find, question.cited)
    owners = dict.fromkeys(release.number for release in found if release)
    if not owners:
        before = search(index, encoder, None, Question(question.previous), today)
        owners = dict.fromkeys(hit.candidate.release.number for hit in before.hits)
    return {number: rank for rank, number in enumerate([*owners][:_CONTEXT], start=1)}


def gather(
    index: Index, encoder: Encoder, parsed: ParsedQuery, cited: Mapping[int, int]
) -> list[Candidate]:
    """The candidates for a question, among what its filter and its quoted phrases let through."""
    allowed = allowed_rows(index, parsed)
    if allowed is not None and not allowed.any():
        return []
    query = encoder.encode_queries([parsed.text])[0]
    found = find_candidates(index, query, parsed.weights, allowed, company=[*cited])
    return described(index, found)


def allowed_rows(index: Index, parsed: ParsedQuery) -> NDArray[np.bool_] | None:
    """(n,) bool: the rows that may be candidates; None for all."""
    return index.allowed_rows(parsed.filter, parsed.reading.phrases)


def reranker_text(candidate: Candidate) -> str:
    """What the reranker gets of a candidate: who, when, title, the passage under its heading."""
    return embedded_text(source_line(candidate.release), candidate.under, candidate.text)


def source_line(release: ReleaseInfo) -> str:
    """Whose a release is, when it was published, and its title: "Ann Roe, May 2024: Fares"."""
    when = f"{release.date:%B %Y}" if release.date else ""
    source = ", ".join(filter(None, (release.author, when)))
    return f"{source}: {release.title}" if source else release.title


def totals_read(rows: NDArray[np.float32], read: Mapping[int, float]) -> NDArray[np.float32]:
    """(n,) float32: evidence and reranker together; what was not read stands as the worst read."""
    scores = np.full(len(rows), min(read.values()), dtype=np.float32)
    scores[list(read)] = list(read.values())
    return rows @ np.array(EVIDENCE_READ, dtype=np.float32) + np.float32(RERANKER) * scores


def _one_a_paragraph(hits: Sequence[Hit]) -> list[Hit]:
    """Of a long paragraph in several passages the best one stands for it."""
    best: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        place = (hit.candidate.release.number, hit.candidate.number)
        best.setdefault(place, hit)
    return list(best.values())


def _collapsed(hits: Sequence[Hit]) -> list[Hit]:
    """Paragraphs that joint releases share, once: the best placed names the others.

    Only the first `READ` are compared; further down nobody looks.
    """
    firsts = near_duplicates([hit.candidate.text for hit in hits[:READ]])
    also: dict[int, list[Candidate]] = {}
    for at, first in enumerate(firsts):
        others = also.setdefault(first, [])
        if hits[at].candidate.release.number != hits[first].candidate.release.number:
            others.append(hits[at].candidate)
    best = [
        replace(hits[first], also=tuple(others)) if others else hits[first]
        for first, others in also.items()
    ]
    return [*best, *hits[READ:]]
