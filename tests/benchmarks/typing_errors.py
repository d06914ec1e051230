"""How much typing errors cost: every question as it is, and with slips typed into it.

    python -m tests.benchmarks.typing_errors [QUESTIONS.jsonl] [--data DIR]

In a slipped question every third word of four letters or more has one letter dropped, doubled,
replaced by a neighbour on the keyboard, or swapped with the next; names are no exception.
"""

import argparse
import random
import re
from dataclasses import replace
from pathlib import Path

from bot.library import open_archive
from bot.settings import Settings
from retrieval.evaluation import ranks_of
from retrieval.metrics import mean, success
from retrieval.qrels import judge, read_questions

SHARED = Path(__file__).parents[3] / "shared"
_WORD = re.compile(r"[^\W\d_]{4,}")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def slipped(text: str, chance: random.Random) -> str:
    """The text with a slip in every third longer word."""
    words = list(_WORD.finditer(text))
    chosen = chance.sample(words, -(-len(words) // 3))
    for match in sorted(chosen, key=lambda each: -each.start()):
        text = f"{text[: match.start()]}{_slip(match.group(), chance)}{text[match.end() :]}"
    return text


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    kind = chance.choice(("drop", "double", "swap", "neighbour"))
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "double":
        return word[: at + 1] + word[at:]
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    row = next((row for row in _ROWS if word[at].lower() in row), "as")
    beside = row[(row.find(word[at].lower()) + 1) % len(row)]
    return word[:at] + beside + word[at + 1 :]


def main() -> None:
    """Ask all questions twice and print what the slips cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", nargs="?", type=Path, default=SHARED / "qa/questions.jsonl")
    parser.add_argument("--data", type=Path, default=Path(".cache/benchmarks/newsrooms"))
    arguments = parser.parse_args()
    archive = open_archive(Settings(data=arguments.data))
    judged, _ = judge(read_questions(arguments.questions), archive.index.catalogue)
    answerable = [each for each in judged if each.right and each.known.kind != "typo"]
    chance = random.Random(1)
    hits: dict[str, list[float]] = {"as written": [], "with slips": []}
    for each in answerable:
        asked = each.known.question
        for name, text in (("as written", asked.text), ("with slips", slipped(asked.text, chance))):
            answer = archive.ask(replace(asked, text=text))
            ranking = [
                ((passage.release.number, passage.paragraph),) for passage in answer.passages
            ]
            hits[name].append(success(ranks_of(ranking, each.right).paragraph, 5))
    for name, values in hits.items():
        found = mean(values)
        print(f"{name}: hit@5 {found.value:.3f} ({found.low:.3f} to {found.high:.3f})")


if __name__ == "__main__":
    main()
