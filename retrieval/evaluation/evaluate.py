"""Evaluate rankings, decisions and highlights against questions with known answers."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.archive import Archive
from retrieval.errors import BadQuestionFile, IndexReplaced
from retrieval.evaluation.baselines import Baselines, BaselinesUnavailable
from retrieval.evaluation.embedding_cache import OnEmbedded
from retrieval.evaluation.metrics import (
    Estimate,
    bootstrap_auroc,
    bootstrap_mean,
    first_rank,
    hit_at,
    ndcg,
    reciprocal_rank,
    threshold_for,
)
from retrieval.evaluation.questions import (
    ANSWERABLE,
    FAR,
    NEAR,
    JudgedQuestion,
    ParagraphRef,
    SkippedQuestion,
    answer_span,
    locate_answers,
    read_questions,
    sort_of,
)
from retrieval.index.folder_index import FolderIndex
from retrieval.index.index import Index
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.hits import Hit

PRODUCT = "Verbatim"
_PERCENT_ANSWERED = 90  # of the answerable questions, where refusals are compared

Item = tuple[ParagraphRef, ...]
"""The paragraphs that one ranked item covers: its own, then those of joint releases it names."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ranks of the first relevant paragraph and release, from 1, and the nDCG@10 of a ranking.

    A rank is None if nothing relevant was found.
    """

    paragraph: int | None
    release: int | None
    ndcg: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one question.

    ``ranks`` is None if nothing answers it. ``highlighted`` is whether the highlight of its first
    relevant passage overlaps the answer; None if no such passage is cited.
    """

    id: str
    kind: str
    question: str
    ranks: Ranks | None
    answered: bool
    confidence: float
    highlighted: bool | None
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a method ranks: means over the answerable questions.

    ``questions`` is the number of these. ``hits`` maps each cutoff k to hit@k over paragraphs,
    ``releases`` to hit@k over releases.
    """

    name: str
    questions: int
    hits: Mapping[int, Estimate]
    mrr: Estimate
    ndcg: Estimate
    releases: Mapping[int, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A baseline; ``lead`` is the product's MRR minus its MRR.

    The interval is that of a paired bootstrap over the questions.
    """

    quality: Quality
    lead: Estimate


@dataclass(frozen=True, slots=True)
class DecisionRate:
    """The share of right decisions for one kind of question, at two thresholds.

    ``current`` is at the threshold of the archive, ``at_ninety`` at the one that answers 90 % of
    the answerable questions; the latter is None if no question is answerable.
    """

    kind: str
    questions: int
    current: Estimate
    at_ninety: Estimate | None


@dataclass(frozen=True, slots=True)
class Separation:
    """How well the confidence separates answerable questions from one sort of unanswerable ones.

    ``rate`` is over all kinds of that sort, "near" or "far", and named for it. ``auroc`` is that of
    the confidence against them alone; None if no question is answerable.
    """

    rate: DecisionRate
    auroc: Estimate | None


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well the confidence separates answerable from unanswerable questions.

    ``auroc`` is that of the confidence, with answerable questions as positives; None without either
    class. ``threshold`` answers 90 % of the answerable questions; None if there are none.
    ``refused`` are the rates by kind, ``sorts`` those by sort of question, as far as there are any.
    """

    auroc: Estimate | None
    threshold: float | None
    answered: DecisionRate | None
    refused: tuple[DecisionRate, ...]
    sorts: tuple[Separation, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All metrics, over one generation of the index.

    ``quality`` is None if no question is answerable. ``highlight`` is the share of highlights that
    overlap the answer, over the questions of which a relevant passage was cited. ``lost`` are the
    skipped questions; ``milliseconds`` is the median time to answer.
    """

    generation: str
    quality: Quality | None
    kinds: tuple[Quality, ...]
    comparisons: tuple[Comparison, ...]
    abstention: Abstention
    highlight: Estimate | None
    milliseconds: float
    outcomes: tuple[Outcome, ...]
    lost: tuple[SkippedQuestion, ...]


def evaluate(
    archive: Archive,
    path: Path,
    *,
    baselines: bool = False,
    on_embedded: OnEmbedded = lambda done, total: None,
) -> Evaluation:
    """Ask each question of a file once and compare the answers with the known ones.

    Args:
        archive: what is evaluated, with its own threshold.
        path: a question file (see `retrieval.evaluation.questions`).
        baselines: whether to rank by the methods of `retrieval.evaluation.baselines` as well.
        on_embedded: called with the progress of embedding for the baselines.

    Raises:
        BadQuestionFile: if the file is invalid, or none of its questions can be judged.
        NoIndex: and whatever else `Archive.index` raises.
        IndexReplaced: if another generation is published meanwhile.
        BaselinesUnavailable: if there are to be baselines and the index is in no folder.
    """
    questions = read_questions(path)
    index = archive.index
    folder_index = _in_folder(index) if baselines else None
    judged, skipped = locate_answers(questions, index.releases)
    if not judged:
        reason = f"none of its answers is in the index ({skipped[0].id}: {skipped[0].reason})"
        raise BadQuestionFile(path, None, reason, "Name the data folder of its releases: --data")
    archive.encoder.encode_queries([judged[0].entry.question.text])  # loads the model, untimed
    outcomes = tuple(_ask(archive, each, index.manifest.generation) for each in judged)
    answerable = [each for each in outcomes if each.ranks]
    comparisons: tuple[Comparison, ...] = ()
    if folder_index and answerable:
        methods = Baselines(archive.data, folder_index, archive.encoder, on_embedded)
        relevant = [each for each in judged if each.relevant]
        comparisons = _compare(methods, relevant, answerable)
    highlights = [each.highlighted for each in outcomes if each.highlighted is not None]
    return Evaluation(
        generation=index.manifest.generation,
        quality=_quality(PRODUCT, _ranks(answerable)) if answerable else None,
        kinds=_by_kind(answerable),
        comparisons=comparisons,
        abstention=_abstention(outcomes),
        highlight=bootstrap_mean(highlights) if highlights else None,
        milliseconds=statistics.median(each.milliseconds for each in outcomes),
        outcomes=outcomes,
        lost=tuple(skipped),
    )


def _in_folder(index: Index) -> FolderIndex:
    if not isinstance(index, FolderIndex):
        raise BaselinesUnavailable
    return index


def ranks_of(ranking: Sequence[Item], relevant: frozenset[ParagraphRef]) -> Ranks:
    """Return the ranks and the nDCG of a ranking, given the relevant paragraphs."""
    counts = [len(relevant.intersection(item)) for item in ranking]
    flags = [count > 0 for count in counts]
    # Relevant paragraphs that one item covers count as one.
    total = len(relevant) - sum(count - 1 for count in counts if count)
    return Ranks(
        paragraph=first_rank(flags),
        release=_release_rank(ranking, {release for release, _ in relevant}),
        ndcg=ndcg(flags, total, 10),
    )


def _release_rank(ranking: Sequence[Item], relevant: set[int]) -> int | None:
    """Return the rank of the first relevant release, each ranked where it first occurs."""
    seen = set()
    for item in ranking:
        seen.add(item[0][0])
        if any(release in relevant for release, _ in item):
            return len(seen)
    return None


def _ask(archive: Archive, judged: JudgedQuestion, generation: str) -> Outcome:
    answer = archive.ask(judged.entry.question)
    if answer.generation != generation:
        raise IndexReplaced(archive.data)
    # How well it ranks does not depend on the decision, without which nothing may be cited.
    hits = answer.ranking.hits[: judged.entry.question.limit]
    ranking = [_item(hit, judged) for hit in hits]
    return Outcome(
        id=judged.entry.id,
        kind=judged.entry.kind,
        question=judged.entry.question.text,
        ranks=ranks_of(ranking, judged.relevant) if judged.relevant else None,
        answered=answer.answered,
        confidence=answer.confidence,
        highlighted=_highlighted(answer.passages, ranking, judged),
        milliseconds=answer.milliseconds,
    )


def _item(hit: Hit, judged: JudgedQuestion) -> Item:
    """Return what a hit covers: text that joint releases share is quoted once for them all."""
    own = (hit.candidate.release.number, hit.candidate.number)
    named = {other.release.number for other in hit.also}
    if not named or _span(hit.paragraph, judged) is None:
        return (own,)
    return (own, *sorted(ref for ref in judged.relevant if ref[0] in named))


def _highlighted(
    passages: Sequence[CitedPassage], ranking: Sequence[Item], judged: JudgedQuestion
) -> bool | None:
    """Return whether the highlight of the first relevant passage overlaps the answer, if any."""
    for passage, item in zip(passages, ranking, strict=False):  # there may be no passages
        if judged.relevant.intersection(item) and (span := _span(passage.text, judged)):
            start, end = passage.highlight
            return start < span[1] and span[0] < end
    return None


def _span(paragraph: str, judged: JudgedQuestion) -> tuple[int, int] | None:
    return answer_span(paragraph, judged.entry.answer) if judged.entry.answer else None


def _ranks(outcomes: Sequence[Outcome]) -> list[Ranks]:
    return [each.ranks for each in outcomes if each.ranks]


def _by_kind(answerable: Sequence[Outcome]) -> tuple[Quality, ...]:
    """Return the quality by kind of question, in the order of the file."""
    return tuple(
        _quality(kind, _ranks([each for each in answerable if each.kind == kind]))
        for kind in dict.fromkeys(each.kind for each in answerable)
    )


def _quality(name: str, ranks: Sequence[Ranks]) -> Quality:
    paragraphs = [each.paragraph for each in ranks]
    return Quality(
        name=name,
        questions=len(ranks),
        hits=_hits(paragraphs, (1, 3, 5, 10)),
        mrr=bootstrap_mean([reciprocal_rank(rank) for rank in paragraphs]),
        ndcg=bootstrap_mean([each.ndcg for each in ranks]),
        releases=_hits([each.release for each in ranks], (1, 3)),
    )


def _hits(ranks: Sequence[int | None], cutoffs: Sequence[int]) -> dict[int, Estimate]:
    return {k: bootstrap_mean([hit_at(rank, k) for rank in ranks]) for k in cutoffs}


def _compare(
    methods: Baselines, judged: Sequence[JudgedQuestion], answerable: Sequence[Outcome]
) -> tuple[Comparison, ...]:
    """Measure each method on the same questions; ``judged`` and ``answerable`` are parallel."""
    ranks: dict[str, list[Ranks]] = {}
    for each in judged:
        for name, paragraphs in methods.rank(each.entry.question).items():
            items = [(ref,) for ref in paragraphs]
            ranks.setdefault(name, []).append(ranks_of(items, each.relevant))
    own = _reciprocal_ranks(_ranks(answerable))
    return tuple(
        Comparison(_quality(name, values), bootstrap_mean(own - _reciprocal_ranks(values)))
        for name, values in ranks.items()
    )


def _reciprocal_ranks(ranks: Sequence[Ranks]) -> NDArray[np.float64]:
    return np.array([reciprocal_rank(each.paragraph) for each in ranks])


def _abstention(outcomes: Sequence[Outcome]) -> Abstention:
    answerable = [each for each in outcomes if each.ranks]
    unanswerable = [each for each in outcomes if not each.ranks]
    confidences = [each.confidence for each in answerable]
    threshold = threshold_for(confidences, _PERCENT_ANSWERED) if answerable else None
    return Abstention(
        auroc=bootstrap_auroc(confidences, [each.confidence for each in unanswerable]),
        threshold=threshold,
        answered=_rate(ANSWERABLE, answerable, threshold, answer=True) if answerable else None,
        refused=tuple(
            _rate(kind, [each for each in unanswerable if each.kind == kind], threshold)
            for kind in dict.fromkeys(each.kind for each in unanswerable)
        ),
        sorts=tuple(
            Separation(
                _rate(sort, own, threshold),
                bootstrap_auroc(confidences, [each.confidence for each in own]),
            )
            for sort in (NEAR, FAR)
            if (own := [each for each in unanswerable if sort_of(each.kind) == sort])
        ),
    )


def _rate(
    kind: str, outcomes: Sequence[Outcome], threshold: float | None, *, answer: bool = False
) -> DecisionRate:
    """Return the share that is answered if ``answer``, else the share that is refused."""
    at_ninety = None
    if threshold is not None:
        at_ninety = bootstrap_mean([(each.confidence >= threshold) == answer for each in outcomes])
    return DecisionRate(
        kind=kind,
        questions=len(outcomes),
        current=bootstrap_mean([each.answered == answer for each in outcomes]),
        at_ninety=at_ninety,
    )
