"""The effect of typing errors: hit@5 for every question as written, and with typing errors.

    python -m tests.benchmarks.typing_errors [--data DIR] [--shared DIR]

Every third word of four or more letters gets an error: a letter is dropped, doubled, replaced by a
neighbour on the keyboard, or swapped with the next. Names are included.
"""

import random
import re
from dataclasses import replace

from bot.settings import Settings, open_archive
from retrieval.evaluation.evaluate import ranks_of
from retrieval.evaluation.metrics import bootstrap_mean, hit_at
from retrieval.evaluation.questions import locate_answers, read_questions
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.retrieval import built, interval

_WORD = re.compile(r"[^\W\d_]{4,}")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def with_typing_errors(text: str, rng: random.Random) -> str:
    """Return the text with a typing error in every third longer word."""
    words = list(_WORD.finditer(text))
    chosen = rng.sample(words, -(-len(words) // 3))
    for match in sorted(chosen, key=lambda each: -each.start()):
        text = (
            f"{text[: match.start()]}{_with_typing_error(match.group(), rng)}{text[match.end() :]}"
        )
    return text


def _with_typing_error(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    kind = rng.choice(("drop", "double", "swap", "neighbour"))
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "double":
        return word[: at + 1] + word[at:]
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    row = next((row for row in _ROWS if word[at].lower() in row), "as")
    beside = row[(row.find(word[at].lower()) + 1) % len(row)]
    return word[:at] + beside + word[at + 1 :]


def measure(options: Options) -> Part:
    """Ask all questions as written and with typing errors."""
    built(options)
    archive = open_archive(Settings(data=options.data))
    judged, _ = locate_answers(read_questions(options.questions), archive.index.releases)
    answerable = [each for each in judged if each.relevant and each.entry.kind != "typo"]
    rng = random.Random(1)
    hits: dict[str, list[float]] = {"as written": [], "with typing errors": []}
    for each in answerable:
        asked = each.entry.question
        for name, text in (
            ("as written", asked.text),
            ("with typing errors", with_typing_errors(asked.text, rng)),
        ):
            answer = archive.ask(replace(asked, text=text))
            ranking = [
                ((hit.candidate.release.number, hit.candidate.number),)
                for hit in answer.ranking.hits[: asked.limit]
            ]
            hits[name].append(hit_at(ranks_of(ranking, each.relevant).paragraph, 5))
    table = Table(
        f"{len(answerable)} questions",
        ("", "hit@5"),
        tuple((name, interval(bootstrap_mean(values))) for name, values in hits.items()),
    )
    about = "Every third word of four or more letters has a typing error, names included."
    return Part("Typing errors", about, (table,))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
