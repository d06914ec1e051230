"""Scores mined candidates with a reranker, for fitting weights that go with it.

    python -m retrieval.training.score_candidates RERANKER FOLDER… --cache DIR [--precision P]

The reranker, ``verbatim`` or a directory, is run as the product runs it: the weights are to go with
the scores that they will meet. ``--cache`` keeps its export, if it needs one. The questions must be
ones that the reranker was not trained on. Only the candidates that the first stage would pass on
are scored; the others get the lowest score of their question.
"""

import argparse
from pathlib import Path

import numpy as np

from embeddings.loading import load_reranker
from embeddings.models import PRECISIONS, RERANKER_PRECISION
from retrieval.ranking.searcher import RERANK_DEPTH
from retrieval.ranking.weights import FIRST_STAGE
from retrieval.training.mined import read_mined, write_scores

_MORE = 2  # than the product reranks, since the weights may move


def main() -> None:
    """Score every folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reranker")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--precision", choices=PRECISIONS, default=RERANKER_PRECISION)
    arguments = parser.parse_args()
    reranker = load_reranker(arguments.reranker, arguments.cache, arguments.precision)
    if reranker is None:
        parser.error("there is no reranker to score with")
    for folder in arguments.folders:
        scores = []
        for each in read_mined(folder):
            first = each.features.weighted_sum(FIRST_STAGE)
            best = np.argsort(-first, kind="stable")[: RERANK_DEPTH + _MORE]
            reranked = reranker.scores(each.question, [each.texts[at] for at in best])
            own = np.full(len(first), reranked.min(), dtype=np.float32)
            own[best] = reranked
            scores.append(own)
        write_scores(folder, scores)


if __name__ == "__main__":
    main()
