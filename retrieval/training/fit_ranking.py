"""Fits the weights of the ranking on mined candidates, and says what each feature is worth.

    python -m retrieval.training.fit_ranking FOLDER…

``FOLDER`` is what `retrieval.training.mine` wrote; with ``reranker.npy`` of `score_candidates` in
it, the weights with the reranker are fitted too. The loss is listwise: the softmax of a right
candidate among all of its question, with a small penalty on the standardised weights. Quality is
cross-validated: five folds by newsroom, and a 95 % interval over questions by bootstrap.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from retrieval.ranking.features import FEATURES, FeatureTable
from retrieval.ranking.searcher import RERANK_DEPTH
from retrieval.ranking.weights import COSINE
from retrieval.training.mined import read_mined

_PENALTY = 0.003
# Preferences are never against a passage, whatever a few questions say. And the questions were
# written in other words than the paragraphs', which people do not take care to do: BM25 keeps the
# weight that it has without the reranker.
_LEAST = {"bm25": 6.0, "named": 0.0, "dated": 0.0, "recency": 0.0, "cited": 0.0}
# Two of the questions ask for the latest: too few to fit how much newer outweighs better.
_RECENCY = 3.0
_FOLDS = 5
_OPENINGS = 1 / 7  # of the wrong opening paragraphs, those that are fitted on

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mined:
    """Questions with their candidates: ``rows`` (n, f) of ``names``, ``right`` and ``kept`` (n,).

    ``kept`` (n,) bool are the candidates that weights are fitted on: since the questions were
    written to be answered deep in a release, six of seven wrong opening paragraphs are left out.
    """

    names: tuple[str, ...]
    rows: Floats
    right: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    starts: NDArray[np.intp]
    newsrooms: tuple[str, ...]
    kinds: tuple[str, ...]
    scores: Floats | None

    @property
    def stops(self) -> NDArray[np.intp]:
        """Where each question's candidates end."""
        return np.append(self.starts[1:], len(self.rows))


def load(folders: Sequence[Path], names: Sequence[str]) -> Mined:
    """The answerable mined questions of some folders, with the features of ``names``."""
    chance = np.random.default_rng(2)
    questions, kept = [], []
    for each in (each for folder in folders for each in read_mined(folder)):
        drawn = chance.random(len(each.right)) < _OPENINGS
        if each.newsroom:
            questions.append(each)
            kept.append(each.right | (each.paragraphs != 1) | drawn)
    sizes = [len(each.right) for each in questions]
    scores = [each.scores for each in questions if each.scores is not None]
    return Mined(
        names=tuple(names),
        rows=np.concatenate([matrix(each.features, names) for each in questions]),
        right=np.concatenate([each.right for each in questions]),
        kept=np.concatenate(kept),
        starts=np.cumsum([0, *sizes[:-1]]),
        newsrooms=tuple(each.newsroom for each in questions),
        kinds=tuple(each.kind for each in questions),
        scores=np.concatenate(scores).astype(float) if len(scores) == len(questions) else None,
    )


def matrix(features: FeatureTable, names: Sequence[str]) -> Floats:
    """(n, f) float64: a column for each name, in their order."""
    return np.column_stack([features.columns[name] for name in names]).astype(float)


def fit(mined: Mined, columns: Floats, chosen: Sequence[int]) -> Floats:
    """The weights (f,) of ``columns`` (n, f), from the questions ``chosen``."""
    stops = mined.stops
    spread = columns.std(axis=0) + 1e-9
    parts = [np.arange(mined.starts[q], stops[q]) for q in chosen]
    parts = [rows[mined.kept[rows]] for rows in parts]
    groups = [
        (columns[rows] / spread, mined.right[rows]) for rows in parts if mined.right[rows].any()
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for values, right in groups:
            scores = values @ weights
            odds = np.exp(scores - scores.max())
            share = odds / odds.sum()
            among = np.where(right, odds, 0.0)
            total -= np.log(among.sum() / odds.sum() + 1e-12)
            slope += (share - among / (among.sum() + 1e-12)) @ values
        size = len(groups)
        penalty = _PENALTY * float(weights @ weights)
        return total / size + penalty, slope / size + 2 * _PENALTY * weights

    names = [*mined.names, *[""] * (columns.shape[1] - len(mined.names))]
    least = [_LEAST.get(name) for name in names]
    bounds = [
        (None if low is None else low * width, None)
        for low, width in zip(least, spread, strict=True)
    ]
    start = np.zeros(columns.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x / spread)


def reciprocal_ranks(mined: Mined, scores: Floats) -> Floats:
    """(q,) 1/rank of the first right candidate of each question by ``scores`` (n,), or 0."""
    ranks = np.zeros(len(mined.starts))
    for q, (start, stop) in enumerate(zip(mined.starts, mined.stops, strict=True)):
        right = mined.right[start:stop]
        if right.any():
            ranks[q] = 1 / (
                1 + (scores[start:stop][~right] > scores[start:stop][right].max()).sum()
            )
    return ranks


def folds(mined: Mined) -> list[list[int]]:
    """The questions in parts, each newsroom in one."""
    known = sorted(set(mined.newsrooms))
    part = {name: at % _FOLDS for at, name in enumerate(known)}
    return [
        [q for q, name in enumerate(mined.newsrooms) if part[name] == fold]
        for fold in range(_FOLDS)
    ]


def cross_validated(mined: Mined, columns: Floats) -> Floats:
    """(n,) scores of every candidate by weights that were fitted without its newsroom."""
    scores = np.zeros(len(columns))
    everything = set(range(len(mined.starts)))
    for part in folds(mined):
        weights = fit(mined, columns, sorted(everything - set(part)))
        for q in part:
            here = slice(mined.starts[q], mined.stops[q])
            scores[here] = columns[here] @ weights
    return scores


def line(name: str, ranks: Floats) -> str:
    """Hit rates and MRR with its interval, as text."""
    chance = np.random.default_rng(0)
    means = [chance.choice(ranks, len(ranks)).mean() for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    cutoffs = (1, 3, 5, 10, RERANK_DEPTH)
    hits = "  ".join(f"@{k} {np.mean(ranks >= 1 / k - 1e-9):.3f}" for k in cutoffs)
    return f"{name:24} MRR {ranks.mean():.3f} ({low:.3f} to {high:.3f})  {hits}"


def main() -> None:
    """Fit, cross-validate, and print the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--ablate", action="store_true", help="leave out each feature in turn")
    parser.add_argument("--without", nargs="*", default=(), choices=[*FEATURES])
    arguments = parser.parse_args()
    chosen = [name for name in FEATURES if name not in arguments.without]
    mined = load(arguments.folders, chosen)
    everything = range(len(mined.starts))
    columns = mined.rows
    guess = COSINE * columns[:, 0] + (1 - COSINE) * columns[:, 1]
    print(line("cosine and BM25", reciprocal_ranks(mined, guess)))
    first = cross_validated(mined, columns)
    print(line("all features", reciprocal_ranks(mined, first)))
    if arguments.ablate:
        _ablate(mined, columns)
    _print("FIRST_STAGE", chosen, fit(mined, columns, everything))
    if mined.scores is not None:
        both = np.column_stack([columns, _reranker_scores(mined, first)])
        print(line("reranker alone", reciprocal_ranks(mined, both[:, -1])))
        print(line("features and reranker", reciprocal_ranks(mined, cross_validated(mined, both))))
        if arguments.ablate:
            _ablate(mined, both)
        _print("RERANKED", [*chosen, "reranker"], fit(mined, both, everything))


def _ablate(mined: Mined, columns: Floats) -> None:
    """Print the quality without each feature in turn."""
    for position, name in enumerate(mined.names):
        blank = columns.copy()
        blank[:, position] = 0
        print(line(f"without {name}", reciprocal_ranks(mined, cross_validated(mined, blank))))


def _reranker_scores(mined: Mined, first: Floats) -> Floats:
    """(n,) the reranker's scores of the first `RERANK_DEPTH`; the others get the worst of them."""
    assert mined.scores is not None
    scores = np.zeros(len(first))
    for start, stop in zip(mined.starts, mined.stops, strict=True):
        best = start + np.argsort(-first[start:stop], kind="stable")[:RERANK_DEPTH]
        scores[start:stop] = mined.scores[best].min()
        scores[best] = mined.scores[best]
    return scores


def _print(title: str, names: Sequence[str], weights: Floats) -> None:
    print(f"{title}: Mapping[str, float] = {{")
    for name, fitted in zip(names, weights, strict=True):
        print(f'    "{name}": {_RECENCY if name == "recency" else fitted:.4f},')
    print("}")


if __name__ == "__main__":
    main()
