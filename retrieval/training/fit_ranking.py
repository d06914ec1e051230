"""Fits the weights of the ranking on mined candidates, and says what each feature is worth.

    python -m retrieval.training.fit_ranking FOLDER…

``FOLDER`` is what `retrieval.training.mine` wrote; with ``reranker.npy`` of `score_candidates` in
it, the weights with the reranker are fitted too. The loss is listwise: the softmax of a right
candidate among all of its question, with a small penalty on the standardised weights. Quality is
cross-validated: five folds by newsroom, and a 95 % interval over questions by bootstrap.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from retrieval.ranking.features import FEATURES
from retrieval.ranking.searcher import READ
from retrieval.ranking.weights import COSINE

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
    """Questions with their candidates: evidence (n, f), right (n,) bool, starts and newsrooms.

    ``kept`` (n,) bool are the candidates that weights are fitted on: since the questions were
    written to be answered deep in a release, six of seven wrong opening paragraphs are left out.
    """

    rows: Floats
    right: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    starts: NDArray[np.intp]
    newsrooms: tuple[str, ...]
    kinds: tuple[str, ...]
    reranker: Floats | None

    @property
    def stops(self) -> NDArray[np.intp]:
        """Where each question's candidates end."""
        return np.append(self.starts[1:], len(self.rows))


def read_mined(folders: Sequence[Path]) -> Mined:
    """What was mined in ``folders``: every question that something answers, found or not."""
    rows, right, sizes, newsrooms, kinds, reranker = [], [], [], [], [], []
    kept_rows, answerable = [], []
    chance = np.random.default_rng(2)
    for folder in folders:
        with np.load(folder / "candidates.npz") as stored:
            rows.append(stored["evidence"].astype(float))
            sizes += stored["sizes"].tolist()
        if (scored := folder / "reranker.npy").exists():
            reranker.append(np.load(scored).astype(float))
        for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
            known = json.loads(line)
            marks = np.zeros(len(known["texts"]), dtype=bool)
            marks[known["right"]] = True
            right.append(marks)
            opening = np.array(known["paragraphs"]) == 1
            kept_rows.append(marks | ~opening | (chance.random(len(marks)) < _OPENINGS))
            answerable.append(bool(known["newsroom"]))
            newsrooms.append(known["newsroom"])
            kinds.append(known["kind"])
    asked = np.repeat(answerable, sizes)
    sizes = list(itertools.compress(sizes, answerable))
    return Mined(
        np.concatenate(rows)[asked],
        np.concatenate(right)[asked],
        np.concatenate(kept_rows)[asked],
        np.cumsum([0, *sizes[:-1]]),
        tuple(itertools.compress(newsrooms, answerable)),
        tuple(itertools.compress(kinds, answerable)),
        np.concatenate(reranker)[asked] if len(reranker) == len(folders) else None,
    )


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

    names = [*FEATURES, *[""] * (columns.shape[1] - len(FEATURES))]
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
    hits = "  ".join(f"@{k} {np.mean(ranks >= 1 / k - 1e-9):.3f}" for k in (1, 3, 5, 10, READ))
    return f"{name:24} MRR {ranks.mean():.3f} ({low:.3f} to {high:.3f})  {hits}"


def main() -> None:
    """Fit, cross-validate, and print the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--ablate", action="store_true", help="say what each piece is worth")
    arguments = parser.parse_args()
    mined = read_mined(arguments.folders)
    everything = range(len(mined.starts))
    columns = mined.rows
    guess = COSINE * columns[:, 0] + (1 - COSINE) * columns[:, 1]
    print(line("cosine and BM25", reciprocal_ranks(mined, guess)))
    first = cross_validated(mined, columns)
    print(line("all evidence", reciprocal_ranks(mined, first)))
    if arguments.ablate:
        for at, name in enumerate(FEATURES):
            blank = columns.copy()
            blank[:, at] = 0
            without = cross_validated(mined, blank)
            print(line(f"without {name}", reciprocal_ranks(mined, without)))
    _print("EVIDENCE", fit(mined, columns, everything))
    if mined.reranker is not None:
        both = np.column_stack([columns, _read(mined, first)])
        print(line("reranker alone", reciprocal_ranks(mined, both[:, -1])))
        print(line("evidence and reranker", reciprocal_ranks(mined, cross_validated(mined, both))))
        *evidence, reranker = fit(mined, both, everything)
        _print("EVIDENCE_READ", np.array(evidence))
        print(f"RERANKER = {reranker:.4f}")


def _read(mined: Mined, first: Floats) -> Floats:
    """The reranker's scores (n,): of the first `READ` candidates, elsewhere the worst of them."""
    assert mined.reranker is not None
    scores = np.zeros(len(first))
    for start, stop in zip(mined.starts, mined.stops, strict=True):
        best = start + np.argsort(-first[start:stop], kind="stable")[:READ]
        scores[start:stop] = mined.reranker[best].min()
        scores[best] = mined.reranker[best]
    return scores


def _print(name: str, weights: Floats) -> None:
    print(f"{name} = (")
    for feature, fitted in zip(FEATURES, weights, strict=True):
        weight = _RECENCY if feature == "recency" else fitted
        print(f"    {weight:.4f},  # {feature}")
    print(")")


if __name__ == "__main__":
    main()
