"""Read mined candidates with a reader, so that weights can be fitted to what it says.

    python -m retrieval.training.score_candidates READER FOLDER… --cache DIR [--precision P]

``READER`` is ``verbatim``, the bundled one, or a folder. It runs as in the product, so that the
weights fit what the product sees; an export that this needs is kept in ``--cache``. The questions
must not be among those that the reader was trained on. Only the candidates that the product might
read are read; the others get NaN.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.loading import load_reranker
from embeddings.models import PRECISIONS, RERANKER_PRECISION
from embeddings.reranker import Reranker, SourcedText
from retrieval.ranking.rounds import READ
from retrieval.ranking.weights import FIRST_STAGE
from retrieval.training.mined import MinedQuestion, read_mined, write_readings

_EXTRA = 4  # candidates beyond those the product reads, since the weights may change
_RELEASES, _ROWS = 2, 10  # candidates of the best releases that are read besides


def main() -> None:
    """Read the candidates of every folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reader")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--precision", choices=PRECISIONS, default=RERANKER_PRECISION)
    arguments = parser.parse_args()
    reranker = load_reranker(arguments.reader, arguments.cache, arguments.precision)
    if reranker is None:
        parser.error("there is no reader to read with")
    for folder in arguments.folders:
        write_readings(folder, [readings_of(mined, reranker) for mined in read_mined(folder)])


def readings_of(mined: MinedQuestion, reranker: Reranker) -> NDArray[np.float32]:
    """Return (n, 2) float32: score and answers of each candidate; NaN where not read."""
    first = mined.features.weighted_sum(FIRST_STAGE)
    order = np.argsort(-first, kind="stable")
    chosen = dict.fromkeys(order[: READ + _EXTRA].tolist())
    best = [*dict.fromkeys(mined.releases[order].tolist())][:_RELEASES]
    for release in best:
        own = order[mined.releases[order] == release]
        chosen |= dict.fromkeys(own[:_ROWS].tolist())
    readings = reranker.read(mined.question, [sourced(mined.texts[row]) for row in chosen])
    result = np.full((len(first), 2), np.nan, dtype=np.float32)
    for row, reading in zip(chosen, readings, strict=True):
        result[row] = (reading.score, reading.answers or 0.0)
    return result


def sourced(text: str) -> SourcedText:
    """Take a text of `MinedQuestion` apart again."""
    source, _, passage = text.rpartition("\n")
    return SourcedText(source, passage)


if __name__ == "__main__":
    main()
