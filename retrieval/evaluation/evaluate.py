"""How good the answers are: rankings, decisions and highlights, held against known answers."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.archive import Archive
from retrieval.errors import BadQuestionFile, IndexReplaced
from retrieval.evaluation.baselines import Baselines
from retrieval.evaluation.embedding_cache import OnEmbedded
from retrieval.evaluation.metrics import (
    Estimate,
    auroc_estimate,
    first_rank,
    mean,
    ndcg,
    reciprocal_rank,
    success,
    threshold_for,
)
from retrieval.evaluation.questions import (
    ANSWERABLE,
    JudgedQuestion,
    ParagraphRef,
    SkippedQuestion,
    answer_span,
    judge,
    read_questions,
)
from retrieval.ranking.answer import CitedPassage

PRODUCT = "Verbatim"
_TENTHS = 9  # of the answerable ones are answered where refusals are compared

Item = tuple[ParagraphRef, ...]
"""What one item of a ranking stands for: its own place, then those of joint releases it names."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """What a ranking comes to for one question: ranks count from 1, None is not found.

    ``paragraph`` and ``release`` are those of the first right one; ``ndcg`` is over the first ten
    paragraphs.
    """

    paragraph: int | None
    release: int | None
    ndcg: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    ``ranks`` is None where nothing answers it; ``highlighted`` says whether the highlight of its
    right paragraph is on the answer, None where that paragraph was not found.
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
    """How well a method ranks: means over ``questions`` that something answers.

    ``hits`` is by k the share with a right paragraph among the first k, ``releases`` the same for
    releases.
    """

    name: str
    questions: int
    hits: Mapping[int, Estimate]
    mrr: Estimate
    ndcg: Estimate
    releases: Mapping[int, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A method beside the product: ``lead`` is by how much the product's MRR is higher.

    Its interval is of the differences question by question (a paired bootstrap).
    """

    quality: Quality
    lead: Estimate


@dataclass(frozen=True, slots=True)
class DecisionRate:
    """Of a kind of question the share for which a decision was right, under two thresholds.

    ``at_ninety`` is under the threshold that answers 90 % of the answerable questions, None where
    there are none of these.
    """

    kind: str
    questions: int
    current: Estimate
    at_ninety: Estimate | None


@dataclass(frozen=True, slots=True)
class Abstention:
    """Whether what is answered can be.

    ``auroc`` is that of the confidence, answerable against unanswerable; ``threshold`` is the one
    that answers 90 % of the answerable. Each is None where the questions do not tell.
    """

    auroc: Estimate | None
    threshold: float | None
    answered: DecisionRate | None
    refused: tuple[DecisionRate, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured, over one generation of the index.

    ``quality`` is None where no question has an answer. ``highlight`` is over the questions whose
    right paragraph was found: the share of those where its highlight is on the answer. ``lost`` are
    the questions left out; ``milliseconds`` is the median of a question.
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
    """Ask each question of a file once, and hold the answers against those that are known.

    ``baselines`` ranks them by the methods of `retrieval.evaluation.baselines` too. Raises
    `BadQuestionFile`,     what `Archive.index` raises, and `IndexReplaced`.
    """
    questions = read_questions(path)
    index = archive.index
    judged, lost = judge(questions, index.releases)
    if not judged:
        reason = f"none of its answers stands in the index ({lost[0].id}: {lost[0].reason})"
        raise BadQuestionFile(path, None, reason, "Name the data folder of its releases: --data")
    archive.encoder.encode_queries([judged[0].known.question.text])  # loading is no question's time
    outcomes = tuple(_ask(archive, each, index.manifest.generation) for each in judged)
    answerable = [each for each in outcomes if each.ranks]
    compared: tuple[Comparison, ...] = ()
    if baselines and answerable:
        methods = Baselines(archive.data, index, archive.encoder, on_embedded)
        compared = _compared(methods, [each for each in judged if each.right], answerable)
    highlights = [each.highlighted for each in outcomes if each.highlighted is not None]
    return Evaluation(
        generation=index.manifest.generation,
        quality=_quality(PRODUCT, _ranks(answerable)) if answerable else None,
        kinds=_by_kind(answerable),
        comparisons=compared,
        abstention=_abstention(outcomes),
        highlight=mean(highlights) if highlights else None,
        milliseconds=statistics.median(each.milliseconds for each in outcomes),
        outcomes=outcomes,
        lost=tuple(lost),
    )


def ranks_of(ranking: Sequence[Item], right: frozenset[ParagraphRef]) -> Ranks:
    """What a ranking of paragraphs comes to, given the right places."""
    found = [len(right.intersection(item)) for item in ranking]
    relevant = [count > 0 for count in found]
    # Right places that one item stands for are one thing to find.
    total = len(right) - sum(count - 1 for count in found if count)
    return Ranks(
        paragraph=first_rank(relevant),
        release=_release_rank(ranking, {release for release, _ in right}),
        ndcg=ndcg(relevant, total, 10),
    )


def _release_rank(ranking: Sequence[Item], wanted: set[int]) -> int | None:
    """The rank of the first right release; a release counts where it comes first."""
    seen = set()
    for item in ranking:
        seen.add(item[0][0])
        if any(release in wanted for release, _ in item):
            return len(seen)
    return None


def _ask(archive: Archive, judged: JudgedQuestion, generation: str) -> Outcome:
    answer = archive.ask(judged.known.question)
    if answer.generation != generation:
        raise IndexReplaced(archive.data)
    ranking = [_item(passage, judged) for passage in answer.passages]
    return Outcome(
        id=judged.known.id,
        kind=judged.known.kind,
        question=judged.known.question.text,
        ranks=ranks_of(ranking, judged.right) if judged.right else None,
        answered=answer.answered,
        confidence=answer.confidence,
        highlighted=_highlighted(answer.passages, ranking, judged),
        milliseconds=answer.milliseconds,
    )


def _item(passage: CitedPassage, judged: JudgedQuestion) -> Item:
    """What a passage stands for: a text that joint releases share is quoted once for them all."""
    own = (passage.release.number, passage.paragraph)
    named = {release.number for release in passage.also}
    if not named or _span(passage, judged) is None:
        return (own,)
    return (own, *sorted(place for place in judged.right if place[0] in named))


def _highlighted(
    passages: Sequence[CitedPassage], ranking: Sequence[Item], judged: JudgedQuestion
) -> bool | None:
    """Whether the highlight of the first right paragraph and the answer's words overlap."""
    for passage, item in zip(passages, ranking, strict=True):
        if judged.right.intersection(item) and (span := _span(passage, judged)):
            start, end = passage.highlight
            return start < span[1] and span[0] < end
    return None


def _span(passage: CitedPassage, judged: JudgedQuestion) -> tuple[int, int] | None:
    return answer_span(passage.text, judged.known.answer) if judged.known.answer else None


def _ranks(outcomes: Sequence[Outcome]) -> list[Ranks]:
    return [each.ranks for each in outcomes if each.ranks]


def _by_kind(answerable: Sequence[Outcome]) -> tuple[Quality, ...]:
    """The quality of each kind of question, in the file's order."""
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
        mrr=mean([reciprocal_rank(rank) for rank in paragraphs]),
        ndcg=mean([each.ndcg for each in ranks]),
        releases=_hits([each.release for each in ranks], (1, 3)),
    )


def _hits(ranks: Sequence[int | None], cutoffs: Sequence[int]) -> dict[int, Estimate]:
    return {k: mean([success(rank, k) for rank in ranks]) for k in cutoffs}


def _compared(
    methods: Baselines, judged: Sequence[JudgedQuestion], answerable: Sequence[Outcome]
) -> tuple[Comparison, ...]:
    """The methods on the same questions; ``judged`` and ``answerable`` go side by side."""
    ranks: dict[str, list[Ranks]] = {}
    for each in judged:
        for name, places in methods.rank(each.known.question).items():
            ranks.setdefault(name, []).append(ranks_of([(place,) for place in places], each.right))
    own = _reciprocal(_ranks(answerable))
    return tuple(
        Comparison(_quality(name, found), mean(own - _reciprocal(found)))
        for name, found in ranks.items()
    )


def _reciprocal(ranks: Sequence[Ranks]) -> NDArray[np.float64]:
    return np.array([reciprocal_rank(each.paragraph) for each in ranks])


def _abstention(outcomes: Sequence[Outcome]) -> Abstention:
    answerable = [each for each in outcomes if each.ranks]
    others = [each for each in outcomes if not each.ranks]
    confidences = [each.confidence for each in answerable]
    threshold = threshold_for(confidences, _TENTHS) if answerable else None
    return Abstention(
        auroc=auroc_estimate(confidences, [each.confidence for each in others]),
        threshold=threshold,
        answered=_share(ANSWERABLE, answerable, threshold, right=True) if answerable else None,
        refused=tuple(
            _share(kind, [each for each in others if each.kind == kind], threshold, right=False)
            for kind in dict.fromkeys(each.kind for each in others)
        ),
    )


def _share(
    kind: str, outcomes: Sequence[Outcome], threshold: float | None, *, right: bool
) -> DecisionRate:
    """The share that is answered, if that is ``right``; else the share that is not."""
    reaching = None
    if threshold is not None:
        reaching = mean([(each.confidence >= threshold) == right for each in outcomes])
    return DecisionRate(
        kind=kind,
        questions=len(outcomes),
        current=mean([each.answered == right for each in outcomes]),
        at_ninety=reaching,
    )
