"""Fit the weights of `retrieval.ranking.confidence` to mined candidates, and plot its calibration.

    python -m retrieval.training.fit_confidence --known FOLDER… --far FOLDER… [--plot FILE.png]

``--known`` are mined questions whose answers are in their archive. Each also gives an unanswerable
case, without the candidates of the releases that answer, and a case of either sort over an archive
of a single release. ``--far`` are questions about other subjects. All folders need the scores of
`retrieval.training.score_candidates`. The shares printed are cross-validated in five folds by
newsroom.
"""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from retrieval.ranking.confidence import SIGNALS, signals
from retrieval.ranking.features import FeatureTable
from retrieval.ranking.searcher import RERANK_DEPTH, reranked_scores
from retrieval.ranking.weights import FIRST_STAGE
from retrieval.training.mined import MinedQuestion, read_mined

_FOLDS = 5
_ANSWERED = 0.9


@dataclass(frozen=True, slots=True)
class Case:
    """One question over one archive.

    Attributes:
        kind: "answerable", "absent" (the answer was taken away), "far", or that of the question.
        newsroom: what the folds are split by.
        signals: see `retrieval.ranking.confidence.signals`.
        relevant: whether one of the three passages that an answer shows is relevant.
        small: whether every passage of the archive is a candidate, as with a single release.
        passages: the scores of the first ten passages, and whether each is relevant.
    """

    kind: str
    newsroom: str
    signals: Mapping[str, float]
    relevant: bool
    small: bool
    passages: Sequence[tuple[float, bool]]


def cases(folder: Path, kind: str, *, reranked: bool) -> Iterator[Case]:
    """Yield the cases of the questions of a folder.

    Args:
        folder: mined questions.
        kind: "known" or "far", see above.
        reranked: whether to rank by the reranker's scores as well.
    """
    rng = random.Random(7)
    for mined in read_mined(folder):
        relevant, releases = mined.relevant, mined.releases
        newsroom = mined.newsroom or f"{folder.name} {rng.randrange(_FOLDS)}"
        case = partial(_case, mined, newsroom, reranked)
        everything = np.ones(len(relevant), dtype=np.bool_)
        if kind == "far" or not relevant.any():
            yield case("far" if kind == "far" else mined.kind, everything, mined.passages)
            continue
        own = np.isin(releases, releases[relevant])
        yield case("answerable", everything, mined.passages)
        if not own.all():
            yield case("absent", ~own, mined.passages)
            other = releases == rng.choice(releases[~own].tolist())
            yield case("absent", other, int(other.sum()))
        yield case("answerable", own, int(own.sum()))


def _case(
    mined: MinedQuestion,
    newsroom: str,
    reranked: bool,
    kind: str,
    kept: NDArray[np.bool_],
    passages: int,
) -> Case:
    """Return the case of a question over an archive with only some of its candidates.

    ``kept`` (n,) bool are these candidates, ``passages`` is the size of that archive.
    """
    features = FeatureTable({name: each[kept] for name, each in mined.features.columns.items()})
    coverage, relevant = mined.coverage[kept], mined.relevant[kept]
    totals = features.weighted_sum(FIRST_STAGE)
    order = np.argsort(-totals, kind="stable")
    best: float | None = None
    scores: dict[int, float] = {}
    if reranked:
        assert mined.scores is not None, "score_candidates has not run"
        own = mined.scores[kept]
        scores = {row: float(own[row]) for row in order[:RERANK_DEPTH].tolist()}
        totals = reranked_scores(features, scores)
        order = np.argsort(-totals, kind="stable")
        best = float(own[order[0]])
    first = order[0]
    case_signals = signals(
        features.row(first),
        (float(coverage[first, 0]), float(coverage[first, 1])),
        totals[order].tolist(),
        best,
        [*scores.values()],
        passages,
    )
    ranked = [(float(totals[row]), bool(relevant[row])) for row in order[:10]]
    # An answer shows three passages.
    answers = bool(relevant[order[:3]].any())
    return Case(kind, newsroom, case_signals, answers, len(totals) == passages, ranked)


def fit(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Return the fitted weights, in the order of `SIGNALS`."""
    model = LogisticRegression(C=10, max_iter=10_000, fit_intercept=False)
    model.fit(_matrix(cases), [case.relevant for case in cases])
    return np.asarray(model.coef_[0])


def cross_validated(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Return (n,) the probability of each case by a model that was fitted without its newsroom."""
    names = sorted({case.newsroom for case in cases})
    fold_of = {name: number % _FOLDS for number, name in enumerate(names)}
    folds = np.array([fold_of[case.newsroom] for case in cases])
    result = np.zeros(len(cases))
    for fold in range(_FOLDS):
        weights = fit([case for case, own in zip(cases, folds, strict=True) if own != fold])
        result[folds == fold] = 1 / (1 + np.exp(-_matrix(cases)[folds == fold] @ weights))
    return result


def _matrix(cases: Sequence[Case]) -> NDArray[np.float64]:
    return np.array([[case.signals[name] for name in SIGNALS] for case in cases])


def report(cases: Sequence[Case], plot: Path | None) -> None:
    """Print the weights and what is answered at the threshold; plot the calibration."""
    probability = cross_validated(cases)
    weights = fit(cases)
    kinds = np.array([case.kind for case in cases])
    small = np.array([case.small for case in cases])
    threshold = np.quantile(probability[(kinds == "answerable") & ~small], 1 - _ANSWERED)
    print(f"threshold that answers 90 %: {threshold:.3f}")
    for label, size in (("large", ~small), ("one release", small)):
        for kind in sorted(set(kinds[size])):
            chosen = size & (kinds == kind)
            share = np.mean(probability[chosen] >= threshold)
            print(f"  {label:12} {kind:12} {chosen.sum():5} answered {share:.3f}")
    for name, weight in zip(SIGNALS, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')
    scored = np.array([pair for case in cases if not case.small for pair in case.passages])
    model = LogisticRegression().fit(scored[:, :1], scored[:, 1])
    print(f"passage score: ({model.intercept_[0]:.4f}, {model.coef_[0, 0]:.4f})")
    if plot:
        plot_calibration(probability, np.array([case.relevant for case in cases]), plot)


def plot_calibration(
    probability: NDArray[np.float64], relevant: NDArray[np.bool_], path: Path
) -> None:
    """Draw a reliability diagram: the share of relevant cases by tenths of the probability."""
    from matplotlib.figure import Figure

    bins = np.clip((probability * 10).astype(int), 0, 9)
    filled = [each for each in range(10) if (bins == each).any()]
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot(
        [probability[bins == each].mean() for each in filled],
        [relevant[bins == each].mean() for each in filled],
        marker="o",
    )
    for each in filled:
        axes.annotate(
            str((bins == each).sum()),
            (probability[bins == each].mean(), relevant[bins == each].mean()),
            textcoords="offset points",
            xytext=(6, -10),
            fontsize=8,
        )
    axes.set(
        xlabel="confidence",
        ylabel="share with a relevant passage among the first three",
        xlim=(0, 1),
        ylim=(0, 1),
        title="Reliability, cross-validated by newsroom",
    )
    figure.savefig(path, dpi=120)


def main() -> None:
    """Fit and report with the reranker and without it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--known", nargs="+", type=Path, required=True)
    parser.add_argument("--far", nargs="+", type=Path, required=True)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    for reranked in (True, False):
        print("with the reranker" if reranked else "\nwithout the reranker")
        folders = [(each, "known") for each in arguments.known]
        folders += [(each, "far") for each in arguments.far]
        loaded = [
            case for folder, kind in folders for case in cases(folder, kind, reranked=reranked)
        ]
        report(loaded, arguments.plot if reranked else None)


if __name__ == "__main__":
    main()
