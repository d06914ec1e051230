"""Scores mined candidates with a reader, for fitting weights that go with it.

    python -m retrieval.training.score_candidates READER FOLDER… --cache DIR [--precision float32]

The reader, ``verbatim`` or a directory, is run as the product runs it: the weights are to go with
the scores that they will meet. ``--cache`` keeps what it is prepared as. Writes ``reader.npy``,
(n,) float32, into each folder. The questions must be ones that the reader was not trained on. Only
the candidates that the first stage would hand to the reader need a score; the others get the lowest
of their question.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from embeddings.finding import find_reader
from embeddings.precision import PRECISIONS, READER_PRECISION
from retrieval.search import READ
from retrieval.weights import EVIDENCE

_MORE = 2  # than the product reads, since the weights may move


def main() -> None:
    """Score every folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reader")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--precision", choices=PRECISIONS, default=READER_PRECISION)
    arguments = parser.parse_args()
    reader = find_reader(arguments.reader, arguments.cache, arguments.precision)
    if reader is None:
        parser.error("there is no reader to score with")
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
            read = reader.scores(asked["question"], [asked["texts"][at] for at in best])
            own = np.full(size, read.min(), dtype=np.float32)
            own[best] = read
            scores.append(own)
        np.save(folder / "reader.npy", np.concatenate(scores))


if __name__ == "__main__":
    main()
