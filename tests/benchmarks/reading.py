"""How often what is read out of a question holds for the release that answers it.

    python -m tests.benchmarks.reading [--shared DIR] [--today 2026-04-11]

Reads ``qa/training_questions.jsonl``, whose releases are known, and counts the questions whose
dates are a filter, those whose release lies within it, those that name somebody, and those whose
release is of a newsroom or member so named. Since few questions name a time, the rule that what
happened at a time is told from then on is also held against the sentences of a sample of releases.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter
from datetime import date
from pathlib import Path

from retrieval.names import Names
from retrieval.periods import read_period
from retrieval.reading import read_question

SHARED = Path(__file__).parents[3] / "shared"
_SAMPLE = 5000  # releases whose sentences are read
_RELATIVE = re.compile(r"\b(?:last|past|this|ago|yesterday|on)\b", re.IGNORECASE)


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 4, 11))
    arguments = parser.parse_args()
    with gzip.open(arguments.shared / "releases/congress.jsonl.gz", "rt", encoding="utf-8") as file:
        releases = {row["id"]: row for row in map(json.loads, file)}
    with open(arguments.shared / "qa/training_questions.jsonl", encoding="utf-8") as file:
        questions = [json.loads(line) for line in file]
    pairs = Counter((row["member"], row["domain"]) for row in releases.values())
    names = Names([(*pair, count) for pair, count in pairs.items()])

    counts: Counter[str] = Counter()
    for question in questions:
        release = releases[question["release_id"]]
        reading = read_question(question["question"], arguments.today, names)
        day, (since, until) = date.fromisoformat(release["date"]), reading.span
        if reading.period:
            counts["time"] += 1
            counts["near"] += reading.period.near[0] <= day <= reading.period.near[1]
        if since or until:
            counts["span"] += 1
            counts["within"] += (since or date.min) <= day <= (until or date.max)
        if reading.named:
            counts["named"] += 1
            counts["theirs"] += (
                release["domain"] in reading.named.newsrooms
                or release["member"] in reading.named.members
            )
        counts["latest"] += reading.latest
    print(f"{len(questions)} questions")
    print(f"a time is read in {counts['time']}; the release is near it in {counts['near']}")
    print(f"it is a filter in {counts['span']}; the release is within it in {counts['within']}")
    print(f"somebody is named in {counts['named']}; it is their release in {counts['theirs']}")
    print(f"the latest is asked for in {counts['latest']}")

    told: Counter[bool] = Counter()
    for release in random.Random(1).sample([*releases.values()], _SAMPLE):
        for sentence in re.split(r"(?<=[.?!])\s+|\n", release["text"][:6000]):
            if not (release["date"] and 20 < len(sentence) < 300) or _RELATIVE.search(sentence):
                continue
            period = read_period(sentence, arguments.today)
            if period and period.since:
                told[period.since <= date.fromisoformat(release["date"])] += 1
    print(f"sentences told after the time that they name: {told[True]} of {told.total()}")


if __name__ == "__main__":
    main()
