"""Scores mined candidates with a reranker, for fitting weights that go with it.

    python -m retrieval.training.score_candidates RERANKER FOLDER… --cache DIR [--precision float32]

The reranker, ``verbatim`` or a directory, is run as the product runs it: the weights are to go with
the scores that they will meet. ``--cache`` keeps what it is prepared as. Writes ``reranker.npy``,
(n,) float32, into each folder. The questions must be ones that the reranker was not trained on.
Only the candidates that the first stage would hand it need a score; the others get the lowest
of their question.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from embeddings.loading import load_reranker
from embeddings.models import PRECISIONS, RERANKER_PRECISION
from retrieval.ranking.searcher import READ
from retrieval.ranking.weights import EVIDENCE

_MORE = 2  # than the product reads, since the weights may move


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
        with np.load(folder / "candidates.npz") as stored:
            first = stored["evidence"] @ np.array(EVIDENCE, dtype=np.float32)
            sizes = stored["sizes"].tolist()
        scores, start = [], 0
        lines = (folder / "questions.jsonl").read_text("utf-8").splitlines()
        for size, line in zip(sizes, lines, strict=True):
            asked = json.loads(line)
            best = np.argsort(-first[start : start + size], kind="stable")[: READ + _MORE]
            start += size
            read = reranker.scores(asked["question"], [asked["texts"][at] for at in best])
            own = np.full(size, read.min(), dtype=np.float32)
            own[best] = read
            scores.append(own)
        np.save(folder / "reranker.npy", np.concatenate(scores))


if __name__ == "__main__":
    main()
