"""Fits the rule of `retrieval.ranking.confidence` on mined candidates, and draws its reliability.

    python -m retrieval.training.fit_confidence --known FOLDER… --far FOLDER… [--plot FILE.png]

``--known`` are mined questions whose answer is in their archive; each also stands for one that is
not answered, with the right releases taken away, and both again in an archive of one release.
``--far`` are questions about other subjects. All folders need the ``reranker.npy`` of
`retrieval.training.score_candidates`. Shares are cross-validated: five folds by newsroom.
"""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """One question asked of one archive: the signals, and whether the best passage answers."""

    kind: str
    newsroom: str
    signals: Mapping[str, float]
    right: bool
    small: bool
    totals: Sequence[tuple[float, bool]]


def cases(folder: Path, kind: str, *, reranked: bool) -> Iterator[Case]:
    """The questions of a folder, and for known ones their counterparts without an answer."""
    chance = random.Random(7)
    for mined in read_mined(folder):
        right, releases = mined.right, mined.releases
        name = mined.newsroom or f"{folder.name} {chance.randrange(_FOLDS)}"

        def case(
            kind: str,
            kept: NDArray[np.bool_],
            passages: int,
            mined: MinedQuestion = mined,
            name: str = name,
        ) -> Case:
            return _case(kind, name, mined, kept, passages, reranked)

        everything = np.ones(len(right), dtype=np.bool_)
        if kind == "far" or not right.any():
            yield case("far" if kind == "far" else mined.kind, everything, mined.passages)
            continue
        own = np.isin(releases, releases[right])
        yield case("answerable", everything, mined.passages)
        if not own.all():
            yield case("absent", ~own, mined.passages)
            other = releases == chance.choice(releases[~own].tolist())
            yield case("absent", other, int(other.sum()))
        yield case("answerable", own, int(own.sum()))


def _case(
    kind: str,
    newsroom: str,
    mined: MinedQuestion,
    kept: NDArray[np.bool_],
    passages: int,
    reranked: bool,
) -> Case:
    """A question asked of an archive that holds only the ``kept`` of its candidates."""
    features = FeatureTable({name: each[kept] for name, each in mined.features.columns.items()})
    coverage, right = mined.coverage[kept], mined.right[kept]
    totals = features.weighted_sum(FIRST_STAGE)
    order = np.argsort(-totals, kind="stable")
    best: float | None = None
    scores: dict[int, float] = {}
    if reranked:
        assert mined.scores is not None, "score_candidates has not run"
        own = mined.scores[kept]
        scores = {at: float(own[at]) for at in order[:RERANK_DEPTH].tolist()}
        totals = reranked_scores(features, scores)
        order = np.argsort(-totals, kind="stable")
        best = float(own[order[0]])
    first = order[0]
    found = signals(
        features.row(first),
        (float(coverage[first, 0]), float(coverage[first, 1])),
        totals[order].tolist(),
        best,
        [*scores.values()],
        passages,
    )
    ranked = [(float(totals[at]), bool(right[at])) for at in order[:10]]
    # An answer shows three passages.
    answers = bool(right[order[:3]].any())
    return Case(kind, newsroom, found, answers, len(totals) == passages, ranked)


def fit(found: Sequence[Case]) -> NDArray[np.float64]:
    """The weights of `SIGNALS`."""
    rule = LogisticRegression(C=10, max_iter=10_000, fit_intercept=False)
    rule.fit(_matrix(found), [case.right for case in found])
    return np.asarray(rule.coef_[0])


def cross_validated(found: Sequence[Case]) -> NDArray[np.float64]:
    """The probability of each case by a rule that was fitted without its newsroom."""
    names = sorted({case.newsroom for case in found})
    part = {name: at % _FOLDS for at, name in enumerate(names)}
    folds = np.array([part[case.newsroom] for case in found])
    result = np.zeros(len(found))
    for fold in range(_FOLDS):
        weights = fit([case for case, at in zip(found, folds, strict=True) if at != fold])
        result[folds == fold] = 1 / (1 + np.exp(-_matrix(found)[folds == fold] @ weights))
    return result


def _matrix(found: Sequence[Case]) -> NDArray[np.float64]:
    return np.array([[case.signals[name] for name in SIGNALS] for case in found])


def report(found: Sequence[Case], plot: Path | None) -> None:
    """Print the rule, what it lets through, and draw how well its probabilities hold."""
    probability = cross_validated(found)
    weights = fit(found)
    kinds = np.array([case.kind for case in found])
    small = np.array([case.small for case in found])
    threshold = np.quantile(probability[(kinds == "answerable") & ~small], 1 - _ANSWERED)
    print(f"threshold that answers 90 %: {threshold:.3f}")
    for label, size in (("large", ~small), ("one release", small)):
        for kind in sorted(set(kinds[size])):
            some = size & (kinds == kind)
            share = np.mean(probability[some] >= threshold)
            print(f"  {label:12} {kind:12} {some.sum():5} answered {share:.3f}")
    for name, weight in zip(SIGNALS, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')
    scored = np.array([pair for case in found if not case.small for pair in case.totals])
    rule = LogisticRegression().fit(scored[:, :1], scored[:, 1])
    print(f"passage score: ({rule.intercept_[0]:.4f}, {rule.coef_[0, 0]:.4f})")
    if plot:
        draw(probability, np.array([case.right for case in found]), plot)


def draw(probability: NDArray[np.float64], right: NDArray[np.bool_], path: Path) -> None:
    """A reliability diagram: what was foretold against what was so, by tenths."""
    from matplotlib.figure import Figure

    bins = np.clip((probability * 10).astype(int), 0, 9)
    known = [at for at in range(10) if (bins == at).any()]
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot(
        [probability[bins == at].mean() for at in known],
        [right[bins == at].mean() for at in known],
        marker="o",
    )
    for at in known:
        axes.annotate(
            str((bins == at).sum()),
            (probability[bins == at].mean(), right[bins == at].mean()),
            textcoords="offset points",
            xytext=(6, -10),
            fontsize=8,
        )
    axes.set(
        xlabel="confidence",
        ylabel="share with a right passage among the first three",
        xlim=(0, 1),
        ylim=(0, 1),
        title="Reliability, cross-validated by newsroom",
    )
    figure.savefig(path, dpi=120)


def main() -> None:
    """Fit and report, with the reranker and without."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--known", nargs="+", type=Path, required=True)
    parser.add_argument("--far", nargs="+", type=Path, required=True)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    for reranked in (True, False):
        print("with the reranker" if reranked else "\nwithout the reranker")
        found = [
            case for path in arguments.known for case in cases(path, "known", reranked=reranked)
        ]
        found += [case for path in arguments.far for case in cases(path, "far", reranked=reranked)]
        report(found, arguments.plot if reranked else None)


if __name__ == "__main__":
    main()
