"""Write questions on other subjects, which no press release answers, taken from ``qa/reading``.

    python -m retrieval.training.off_topic SHARED/qa/reading OUT.jsonl [--count N] [--skip N]

They are the last of the shuffled file; ``--skip`` leaves out as many at its very end, so that
those of the training are others than those of the fitting.
"""

import argparse
import gzip
import json
import random
from pathlib import Path


def main() -> None:
    """Write a question file (see `retrieval.evaluation.questions`)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reading", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--skip", type=int, default=0)
    arguments = parser.parse_args()
    with gzip.open(arguments.reading / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        questions = [json.loads(line)["question"] for line in lines]
    random.Random(3).shuffle(questions)
    with arguments.out.open("w", encoding="utf-8") as file:
        last = len(questions) - arguments.skip
        for number, question in enumerate(questions[max(0, last - arguments.count) : last]):
            row = {
                "id": f"far{number}",
                "question": question,
                "kind": "far",
                "release_id": None,
                "answer": None,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
