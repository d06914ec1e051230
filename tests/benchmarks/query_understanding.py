"""How often the dates and names parsed from a question match the release that answers it.

    python -m tests.benchmarks.query_understanding [--shared DIR]

Of ``qa/training_questions.jsonl``, whose releases are known, it counts the questions that have a
date filter, those whose release passes it, those that name a newsroom or a member, and those whose
release is by one of these. Since few questions name a time, the assumption that an event is not
published before it happens is also tested on the sentences of a sample of releases.
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

_SAMPLE = 5000  # releases whose sentences are parsed
_YEAR = re.compile(r"\b[0-9]{4}\b")  # what has none is reckoned from the day of the question
_RELATIVE = re.compile(r"\b(?:last|past|this|ago|yesterday|on)\b", re.IGNORECASE)


def measure(options: Options) -> Part:
    """Count the matches."""
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
            counts["by_named"] += (
                release["domain"] in named.newsrooms or release["member"] in named.members
            )
        counts["latest"] += asks_for_latest(text)
    published_after: Counter[bool] = Counter()
    for release in random.Random(1).sample([*releases.values()], _SAMPLE):
        for sentence in re.split(r"(?<=[.?!])\s+|\n", release["text"][:6000]):
            is_sentence = 20 < len(sentence) < 300 and sentence.endswith((".", "?", "!", "”"))
            if not (release["date"] and is_sentence) or _RELATIVE.search(sentence):
                continue
            period = read_period(sentence, TODAY)
            if period and period.since and _YEAR.search(period.words):
                published_after[period.since <= date.fromisoformat(release["date"])] += 1
    rows = (
        ("a time is named", counts["time"], counts["near"], "the release is near it"),
        ("it is a filter", counts["span"], counts["within"], "the release passes it"),
        (
            "a newsroom or member is named",
            counts["named"],
            counts["by_named"],
            "the release is by them",
        ),
        ("the latest is asked for", counts["latest"], None, ""),
        (
            "sentences that name a time",
            published_after.total(),
            published_after[True],
            "published after it began",
        ),
    )
    table = Table(
        f"What is parsed from {len(questions)} questions",
        ("", "how many", "of these", "hold in that"),
        tuple((a, f"{b:,}", "" if c is None else f"{c:,}", d) for a, b, c, d in rows),
    )
    about = "How often dates and names parsed from a question match the release that answers it."
    return Part("Query understanding", about, (table,))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
