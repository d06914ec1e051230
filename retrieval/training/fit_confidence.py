"""Fit the weights of `retrieval.ranking.confidence` to mined candidates, and plot its calibration.

    python -m retrieval.training.fit_confidence --known FOLDER… --far FOLDER… [--plot FILE.png]

``--known`` are mined questions over archives of several sizes, those that nothing answers among
them. Each answerable one also gives a case over the archive without the releases that answer.
``--far`` are questions about other subjects. All folders need the readings of
`retrieval.training.score_candidates`. Every kind of archive counts as much as the others, and in
each what is answered as much as what is not. What is printed is cross-validated in five folds by
newsroom.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from embeddings.reranker import TextReading
from retrieval.evaluation.metrics import auroc
from retrieval.ranking.confidence import SHOWN, SIGNALS, signals
from retrieval.ranking.features import FeatureTable
from retrieval.ranking.rounds import read_in_rounds, reranked_scores
from retrieval.ranking.weights import FIRST_STAGE
from retrieval.training.mined import MinedQuestion, read_mined

_FOLDS = 5
_ANSWERED = 0.9
_NEAR_SHOWN = 0.9
_PENALTY = 0.5
# The questions avoid the words of the paragraphs that answer, and the near ones repeat those of the
# paragraphs that do not. People do neither, so that shared words never count against an answer.
_FAVOURABLE = frozenset(SIGNALS) - {"bias", "passages"}

ANSWERABLE, NEAR, ABSENT, FAR = "answerable", "near", "absent", "far"


@dataclass(frozen=True, slots=True)
class Case:
    """One question over one archive.

    Attributes:
        kind: answerable, near, absent (the answer was taken away), or far.
        archive: the kind of the archive.
        newsroom: what the folds are split by.
        signals: see `retrieval.ranking.confidence.signals`.
        relevant: whether one of the passages that an answer shows is relevant.
        passages: the scores of the first ten passages, and whether each is relevant.
    """

    kind: str
    archive: str
    newsroom: str
    signals: Mapping[str, float]
    relevant: bool
    passages: Sequence[tuple[float, bool]]


def cases(folder: Path, *, far: bool, read: bool) -> Iterator[Case]:
    """Yield the cases of the questions of a folder.

    Args:
        folder: mined questions.
        far: whether they are about other subjects.
        read: whether to rank and decide by the reader as well.
    """
    rng = random.Random(7)
    for mined in read_mined(folder):
        relevant, releases = mined.relevant, mined.releases
        newsroom = mined.newsroom or f"{folder.name} {rng.randrange(_FOLDS)}"
        case = partial(_case, mined, newsroom, read)
        everything = np.ones(len(relevant), dtype=np.bool_)
        if far:
            yield replace(case(FAR, everything), archive=FAR)
        elif not mined.gold and not relevant.any():
            yield case(NEAR, everything)
        else:
            yield case(ANSWERABLE, everything)
            own = np.isin(releases, releases[relevant])
            if relevant.any() and not own.all() and rng.random() < 0.5:
                yield case(ABSENT, ~own)


def _case(
    mined: MinedQuestion, newsroom: str, read: bool, kind: str, kept: NDArray[np.bool_]
) -> Case:
    """Return the case over an archive with only the candidates ``kept``, (n,) bool."""
    features = FeatureTable({name: each[kept] for name, each in mined.features.columns.items()})
    relevant = mined.relevant[kept]
    totals = features.weighted_sum(FIRST_STAGE)
    readings: dict[int, TextReading] = {}
    if read:
        assert mined.readings is not None, "score_candidates has not run"
        own = mined.readings[kept]
        known = np.flatnonzero(~np.isnan(own[:, 0]))
        lowest = np.nanmin(own, axis=0) if len(known) else np.zeros(2)

        def reading(at: int) -> TextReading:
            score, answers = lowest if np.isnan(own[at, 0]) else own[at]
            return TextReading(float(score), float(answers))

        readings = read_in_rounds(
            features,
            totals,
            mined.releases[kept].tolist(),
            lambda positions: [reading(at) for at in positions],
        )
        totals = reranked_scores(features, readings)
    order = np.argsort(-totals, kind="stable")
    first = int(order[0])
    shown = [readings.get(int(row)) for row in order[:SHOWN]]
    case_signals = signals(shown, features.row(first)["cosine"], mined.passages)
    ranked = [(float(totals[row]), bool(relevant[row])) for row in order[:10]]
    answers = bool(relevant[order[:SHOWN]].any())
    return Case(kind, mined.archive, newsroom, case_signals, answers, ranked)


def weights_of(cases: Sequence[Case]) -> NDArray[np.float64]:
    """(n,) the weight of each case: every archive, and every outcome in it, has the same."""
    groups = [(case.archive, case.relevant) for case in cases]
    sizes = Counter(groups)
    return np.array([len(cases) / len(sizes) / sizes[group] for group in groups])


def fit(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Return the fitted weights, in the order of `SIGNALS`, none of `_FAVOURABLE` below 0."""
    columns = _matrix(cases)
    spread = columns.std(axis=0)
    spread[np.ptp(columns, axis=0) == 0] = 1.0  # rounding may leave it a little above 0
    columns = columns / spread
    signs = np.array([1.0 if case.relevant else -1.0 for case in cases])
    shares = weights_of(cases)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (columns @ weights)
        wrong = shares * -signs / (1 + np.exp(margins))
        total = float(shares @ np.logaddexp(0, -margins)) + _PENALTY * float(weights @ weights)
        return total, wrong @ columns + 2 * _PENALTY * weights

    bounds = [(0.0 if name in _FAVOURABLE else None, None) for name in SIGNALS]
    start = np.zeros(len(SIGNALS))
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(result.x / spread)


def cross_validated(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Return (n,) the probability of each case by a model that was fitted without its newsroom."""
    names = sorted({case.newsroom for case in cases})
    random.Random(3).shuffle(names)
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
    archives = np.array([case.archive for case in cases])
    relevant = np.array([case.relevant for case in cases])
    threshold = float(np.quantile(probability[kinds == ANSWERABLE], 1 - _ANSWERED))
    near_shown = float(np.quantile(probability[kinds == NEAR], 1 - _NEAR_SHOWN))
    print(
        f"threshold that answers 90 %: {threshold:.3f}; that shows 90 % of near: {near_shown:.3f}"
    )
    for archive in sorted(set(archives)):
        here = archives == archive
        known = probability[here & (kinds == ANSWERABLE)].tolist()
        shares = []
        for kind in (ANSWERABLE, NEAR, ABSENT, FAR):
            own = probability[here & (kinds == kind)]
            if len(own):
                share = f"{kind} {len(own)}: answered {np.mean(own >= threshold):.3f}"
                area = auroc(known, own.tolist()) if kind != ANSWERABLE else None
                shares.append(share if area is None else f"{share} (AUROC {area:.3f})")
        if known:
            right = np.mean(relevant[here & (kinds == ANSWERABLE)])
            shares.insert(0, f"right among the first {right:.3f}")
        print(f"  {archive:10} {'; '.join(shares)}")
    for name, weight in zip(SIGNALS, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')
    scored = np.array([each for case in cases for each in case.passages], dtype=float)
    model = LogisticRegression().fit(scored[:, :1], scored[:, 1])
    print(f"passage: ({model.intercept_[0]:.4f}, {model.coef_[0, 0]:.4f})")
    if plot:
        plot_calibration(probability, relevant, archives, plot)


def plot_calibration(
    probability: NDArray[np.float64],
    relevant: NDArray[np.bool_],
    archives: NDArray[np.str_],
    path: Path,
) -> None:
    """Draw a reliability diagram: the share that is right by tenths of the probability."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for archive in sorted(set(archives)):
        here = archives == archive
        bins = np.clip((probability[here] * 10).astype(int), 0, 9)
        filled = [each for each in range(10) if (bins == each).sum() >= 10]
        axes.plot(
            [probability[here][bins == each].mean() for each in filled],
            [relevant[here][bins == each].mean() for each in filled],
            marker="o",
            label=f"{archive} ({here.sum()})",
        )
    axes.set(
        xlabel="confidence",
        ylabel="share with a relevant passage among the first three",
        xlim=(0, 1),
        ylim=(0, 1),
        title="Reliability by archive, cross-validated by newsroom",
    )
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Fit and report with the reader and without it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--known", nargs="+", type=Path, required=True)
    parser.add_argument("--far", nargs="+", type=Path, required=True)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    for read in (True, False):
        print("with the reader" if read else "\nwithout a reader")
        folders = [(each, False) for each in arguments.known]
        folders += [(each, True) for each in arguments.far]
        loaded = [case for folder, far in folders for case in cases(folder, far=far, read=read)]
        report(loaded, arguments.plot if read else None)


if __name__ == "__main__":
    main()
