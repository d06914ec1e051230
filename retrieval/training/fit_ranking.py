"""Fit the weights of the ranking to mined candidates, and measure what each feature contributes.

    python -m retrieval.training.fit_ranking FOLDER… [--ablate] [--without NAME…]

Each ``FOLDER`` was written by `retrieval.training.mine`; if all have scores of
`retrieval.training.score_candidates`, the weights with the reranker are fitted as well. The loss is
listwise: the softmax of the relevant candidates among all of their question, with a small L2
penalty on the standardized weights. Quality is cross-validated in five folds by newsroom, with a
95 % bootstrap interval over the questions. ``--ablate`` leaves out each feature in turn,
``--without`` those named.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from retrieval.ranking.features import FEATURES, FeatureTable
from retrieval.ranking.rounds import READ
from retrieval.ranking.weights import COSINE
from retrieval.training.mined import read_mined

_PENALTY = 0.003
# A preference never counts against a passage, whatever a few questions suggest. BM25 keeps about
# the weight it has without the reranker: these questions avoid the words of the answers, whereas
# people do not.
_LOWER_BOUNDS = {"bm25": 6.0, "named": 0.0, "dated": 0.0, "recency": 0.0, "cited": 0.0}
# Hardly any question asks for the latest release, and none has an answer before it to cite: too few
# to fit these weights.
_BY_HAND = {"recency": 3.0, "cited": 2.0}
_FOLDS = 5
_FIRST_PARAGRAPHS = 1 / 7  # share of the irrelevant first paragraphs that are fitted to

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FitData:
    """The n candidates of q questions, one question after the other, with f features.

    Attributes:
        names: the names of the features.
        rows: (n, f) float64, the features.
        relevant: (n,) bool.
        fitted: (n,) bool, the candidates that weights are fitted to. The questions were written to
            be answered deep in a release, so six of seven irrelevant first paragraphs are left out.
        starts: (q,) the first row of each question.
        newsrooms: the newsroom of each question.
        readings: (n, 2) float64, the reader's score and answers, NaN where it did not read; None if
            they have not been computed.
    """

    names: tuple[str, ...]
    rows: Floats
    relevant: NDArray[np.bool_]
    fitted: NDArray[np.bool_]
    starts: NDArray[np.intp]
    newsrooms: tuple[str, ...]
    readings: Floats | None

    @property
    def stops(self) -> NDArray[np.intp]:
        """(q,) the row after the last of each question."""
        return np.append(self.starts[1:], len(self.rows))


def load(folders: Sequence[Path], names: Sequence[str]) -> FitData:
    """Load the answerable questions of some folders, with the features ``names``."""
    rng = np.random.default_rng(2)
    questions, fitted = [], []
    for each in (each for folder in folders for each in read_mined(folder)):
        sampled = rng.random(len(each.relevant)) < _FIRST_PARAGRAPHS
        if each.newsroom and (each.relevant.any() or each.gold):
            questions.append(each)
            fitted.append(each.relevant | (each.paragraphs != 1) | sampled)
    sizes = [len(each.relevant) for each in questions]
    readings = [each.readings[:, :2] for each in questions if each.readings is not None]
    return FitData(
        names=tuple(names),
        rows=np.concatenate([matrix(each.features, names) for each in questions]),
        relevant=np.concatenate([each.relevant for each in questions]),
        fitted=np.concatenate(fitted),
        starts=np.cumsum([0, *sizes[:-1]]),
        newsrooms=tuple(each.newsroom for each in questions),
        readings=(
            np.concatenate(readings).astype(float) if len(readings) == len(questions) else None
        ),
    )


def matrix(features: FeatureTable, names: Sequence[str]) -> Floats:
    """Return (n, f) float64: the columns of some names, in their order."""
    return np.column_stack([features.columns[name] for name in names]).astype(float)


def fit(data: FitData, columns: Floats, chosen: Sequence[int]) -> Floats:
    """Return the (f,) weights of ``columns`` (n, f), fitted to the questions ``chosen``."""
    stops = data.stops
    spread = columns.std(axis=0) + 1e-9
    parts = [np.arange(data.starts[q], stops[q]) for q in chosen]
    parts = [rows[data.fitted[rows]] for rows in parts]
    groups = [
        (columns[rows] / spread, data.relevant[rows]) for rows in parts if data.relevant[rows].any()
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for values, relevant in groups:
            scores = values @ weights
            odds = np.exp(scores - scores.max())
            share = odds / odds.sum()
            among = np.where(relevant, odds, 0.0)
            total -= np.log(among.sum() / odds.sum() + 1e-12)
            slope += (share - among / (among.sum() + 1e-12)) @ values
        size = len(groups)
        penalty = _PENALTY * float(weights @ weights)
        return total / size + penalty, slope / size + 2 * _PENALTY * weights

    names = [*data.names, *[""] * (columns.shape[1] - len(data.names))]
    lower = [_LOWER_BOUNDS.get(name) for name in names]
    bounds = [
        (None if low is None else low * width, None)
        for low, width in zip(lower, spread, strict=True)
    ]
    start = np.zeros(columns.shape[1])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(result.x / spread)


def reciprocal_ranks(data: FitData, scores: Floats) -> Floats:
    """Return (q,) 1 / rank, or 0, of the first relevant candidates by ``scores`` (n,)."""
    ranks = np.zeros(len(data.starts))
    for q, (start, stop) in enumerate(zip(data.starts, data.stops, strict=True)):
        relevant, own = data.relevant[start:stop], scores[start:stop]
        if relevant.any():
            ranks[q] = 1 / (1 + (own[~relevant] > own[relevant].max()).sum())
    return ranks


def folds(data: FitData) -> list[list[int]]:
    """Split the questions into folds, with each newsroom in one."""
    names = sorted(set(data.newsrooms))
    fold_of = {name: number % _FOLDS for number, name in enumerate(names)}
    return [
        [q for q, name in enumerate(data.newsrooms) if fold_of[name] == fold]
        for fold in range(_FOLDS)
    ]


def cross_validated(data: FitData, columns: Floats) -> Floats:
    """Return (n,) scores, each by weights that were fitted without the newsroom of its question."""
    scores = np.zeros(len(columns))
    everything = set(range(len(data.starts)))
    for fold in folds(data):
        weights = fit(data, columns, sorted(everything - set(fold)))
        for q in fold:
            here = slice(data.starts[q], data.stops[q])
            scores[here] = columns[here] @ weights
    return scores


def summary(name: str, ranks: Floats) -> str:
    """Format the MRR, with its interval, and hit@k of a method."""
    rng = np.random.default_rng(0)
    means = [rng.choice(ranks, len(ranks)).mean() for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    cutoffs = (1, 3, 5, 10, READ)
    hits = "  ".join(f"@{k} {np.mean(ranks >= 1 / k - 1e-9):.3f}" for k in cutoffs)
    return f"{name:24} MRR {ranks.mean():.3f} ({low:.3f} to {high:.3f})  {hits}"


def main() -> None:
    """Fit, cross-validate, and print the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--ablate", action="store_true", help="leave out each feature in turn")
    parser.add_argument(
        "--without", nargs="*", default=(), choices=[*FEATURES], help="leave out features"
    )
    arguments = parser.parse_args()
    chosen = [name for name in FEATURES if name not in arguments.without]
    data = load(arguments.folders, chosen)
    everything = range(len(data.starts))
    columns = data.rows
    first_guess = COSINE * columns[:, 0] + (1 - COSINE) * columns[:, 1]
    print(summary("cosine and BM25", reciprocal_ranks(data, first_guess)))
    first = cross_validated(data, columns)
    print(summary("all features", reciprocal_ranks(data, first)))
    if arguments.ablate:
        _ablate(data, columns)
    _print("FIRST_STAGE", chosen, fit(data, columns, everything))
    if data.readings is not None:
        both = np.column_stack([columns, _readings(data, first)])
        print(summary("reranker alone", reciprocal_ranks(data, both[:, -2])))
        print(summary("features and reranker", reciprocal_ranks(data, cross_validated(data, both))))
        if arguments.ablate:
            _ablate(data, both)
        _print("RERANKED", [*chosen, "reranker", "answers"], fit(data, both, everything))


def _ablate(data: FitData, columns: Floats) -> None:
    """Print the quality without each feature in turn."""
    for position, name in enumerate(data.names):
        blank = columns.copy()
        blank[:, position] = 0
        print(summary(f"without {name}", reciprocal_ranks(data, cross_validated(data, blank))))


def _readings(data: FitData, first: Floats) -> Floats:
    """Return (n, 2) readings of the first `READ`; the others get the lowest of each."""
    assert data.readings is not None
    values = np.zeros_like(data.readings)
    for start, stop in zip(data.starts, data.stops, strict=True):
        best = start + np.argsort(-first[start:stop], kind="stable")[:READ]
        lowest = np.nanmin(data.readings[best], axis=0)
        values[start:stop] = lowest
        values[best] = np.where(np.isnan(data.readings[best]), lowest, data.readings[best])
    return values


def _print(title: str, names: Sequence[str], weights: Floats) -> None:
    print(f"{title}: Mapping[str, float] = {{")
    for name, fitted in zip(names, weights, strict=True):
        print(f'    "{name}": {_BY_HAND.get(name, fitted):.4f},')
    print("}")


if __name__ == "__main__":
    main()
