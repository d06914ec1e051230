"""How often what is read out of a question holds for the release that answers it.

    python -m tests.benchmarks.reading [--shared DIR]

Reads ``qa/training_questions.jsonl``, whose releases are known, and counts the questions whose
dates are a filter, those whose release lies within it, those that name somebody, and those whose
release is of a newsroom or member so named. Since few questions name a time, the rule that what
happened at a time is told from then on is also held against the sentences of a sample of releases.
"""

import gzip
import json
import random
import re
from collections import Counter
from datetime import date

from retrieval.index.names import NameIndex
from retrieval.query.periods import read_period
from retrieval.query.understanding import asks_for_latest
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.retrieval import TODAY

_SAMPLE = 5000  # releases whose sentences are read
_RELATIVE = re.compile(r"\b(?:last|past|this|ago|yesterday|on)\b", re.IGNORECASE)


def measure(options: Options) -> Part:
    """The counts."""
    with gzip.open(options.releases, "rt", encoding="utf-8") as file:
        releases = {row["id"]: row for row in map(json.loads, file)}
    with options.more_questions.open(encoding="utf-8") as file:
        questions = [json.loads(line) for line in file]
    pairs = Counter((row["member"], row["domain"]) for row in releases.values())
    names = NameIndex([(*pair, count) for pair, count in pairs.items()])

    counts: Counter[str] = Counter()
    for question in questions:
        release = releases[question["release_id"]]
        text, day = question["question"], date.fromisoformat(release["date"])
        period, named = read_period(text, TODAY), names.found_in(text)
        since, until = (period.since, period.until) if period else (None, None)
        if period:
            counts["time"] += 1
            counts["near"] += period.near[0] <= day <= period.near[1]
        if since or until:
            counts["span"] += 1
            counts["within"] += (since or date.min) <= day <= (until or date.max)
        if named:
            counts["named"] += 1
            counts["theirs"] += (
                release["domain"] in named.newsrooms or release["member"] in named.members
            )
        counts["latest"] += asks_for_latest(text)
    told: Counter[bool] = Counter()
    for release in random.Random(1).sample([*releases.values()], _SAMPLE):
        for sentence in re.split(r"(?<=[.?!])\s+|\n", release["text"][:6000]):
            if not (release["date"] and 20 < len(sentence) < 300) or _RELATIVE.search(sentence):
                continue
            period = read_period(sentence, TODAY)
            if period and period.since:
                told[period.since <= date.fromisoformat(release["date"])] += 1
    rows = (
        ("a time is read", counts["time"], counts["near"], "the release is near it"),
        ("it is a filter", counts["span"], counts["within"], "the release is within it"),
        ("somebody is named", counts["named"], counts["theirs"], "the release is theirs"),
        ("the latest is asked for", counts["latest"], None, ""),
        ("sentences that name a time", told.total(), told[True], "published after it began"),
    )
    table = Table(
        f"What is read out of {len(questions)} questions",
        ("", "how many", "of these", "hold in that"),
        tuple((a, f"{b:,}", "" if c is None else f"{c:,}", d) for a, b, c, d in rows),
    )
    about = "How often what is read out of a question holds for the release that answers it."
    return Part("Reading questions", about, (table,))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
