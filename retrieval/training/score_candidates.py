"""Score mined candidates with a reranker, so that weights can be fitted to its scores.

    python -m retrieval.training.score_candidates RERANKER FOLDER… --cache DIR [--precision P]

``RERANKER`` is ``verbatim``, the bundled one, or a folder. It runs as in the product, so that the
weights fit the scores that the product sees; an export that this needs is kept in ``--cache``. The
questions must not be among those that the reranker was trained on. Only the candidates that the
first stage would pass on are scored; the others get the lowest score of their question.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.loading import load_reranker
from embeddings.models import PRECISIONS, RERANKER_PRECISION
from embeddings.reranker import Reranker
from retrieval.ranking.searcher import RERANK_DEPTH
from retrieval.ranking.weights import FIRST_STAGE
from retrieval.training.mined import MinedQuestion, read_mined, write_scores

_EXTRA = 2  # candidates beyond those the product reranks, since the weights may change


def main() -> None:
    """Score the candidates of every folder."""
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
        write_scores(folder, [scores_of(mined, reranker) for mined in read_mined(folder)])


def scores_of(mined: MinedQuestion, reranker: Reranker) -> NDArray[np.float32]:
    """Return the (n,) float32 scores of the candidates of a question."""
    first = mined.features.weighted_sum(FIRST_STAGE)
    best = np.argsort(-first, kind="stable")[: RERANK_DEPTH + _EXTRA]
    reranked = reranker.scores(mined.question, [mined.texts[row] for row in best])
    scores = np.full(len(first), reranked.min(), dtype=np.float32)
    scores[best] = reranked
    return scores


if __name__ == "__main__":
    main()
