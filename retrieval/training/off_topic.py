"""Write questions on other subjects, which no press release answers, taken from ``qa/reading``.

    python -m retrieval.training.off_topic SHARED/qa/reading OUT.jsonl [--count N] [--skip N]

They are the last of the shuffled file; ``--skip`` leaves out as many at its very end, so that
those of the training are others than those of the fitting.
"""

import argparse
import random
from pathlib import Path

from retrieval.training.rows import read_rows, write_rows


def main() -> None:
    """Write a question file (see `retrieval.evaluation.questions`)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reading", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--skip", type=int, default=0)
    arguments = parser.parse_args()
    rows = read_rows(arguments.reading / "questions.jsonl.gz")
    questions = [row["question"] for row in rows]
    random.Random(3).shuffle(questions)
    last = len(questions) - arguments.skip
    write_rows(
        arguments.out,
        (
            {
                "id": f"far{number}",
                "question": question,
                "kind": "far",
                "release_id": None,
                "answer": None,
            }
            for number, question in enumerate(questions[max(0, last - arguments.count) : last])
        ),
    )


if __name__ == "__main__":
    main()
