"""Recovery of the paragraphs of copied pages: F1 over paragraph boundaries.

    python -m tests.benchmarks.layout [--shared DIR] [--releases RELEASES.jsonl.gz] [--fit]

``layout/pairs.jsonl`` has copied pages (``page``) with their true ``paragraphs``. A boundary is the
position at which a paragraph ends, counted in characters other than white space. Boundaries before
the first and after the last true paragraph do not count; with "whole page" the latter do.
``--releases`` adds pages synthesized from the releases of newsrooms held out of the fit. ``--fit``
fits the weights of ``retrieval.sources.line_breaks`` to the other newsrooms and prints them.
"""

import argparse
import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from retrieval.sources.line_breaks import LineBreak, breaks_at_quotes, features
from retrieval.sources.paragraphs import recover_paragraphs
from retrieval.text.lines import clean, join_lines
from tests.benchmarks.parts import (
    Options,
    Part,
    Table,
    Target,
    add_options,
    lines_of,
    markdown,
    options_of,
)

Method = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a copied page, and its true paragraphs."""

    lines: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The number of boundaries that are right, wrong and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def paragraph_per_line(lines: Sequence[str]) -> Sequence[str]:
    """Return every line as a paragraph: the first baseline."""
    return lines


def by_punctuation(lines: Sequence[str]) -> Sequence[str]:
    """Continue a line that ends without a stop or before a small letter: the second baseline."""
    paragraphs: list[str] = []
    for line in lines:
        ended = paragraphs and re.search(r"[.!?:”\"]$", paragraphs[-1])
        if paragraphs and (not ended or re.match(r"[a-z]", line)):
            paragraphs[-1] += " " + line
        else:
            paragraphs.append(line)
    return paragraphs


METHODS: dict[str, Method] = {
    "one paragraph per line": paragraph_per_line,
    "punctuation and lower case": by_punctuation,
    "retrieval.sources.paragraphs": recover_paragraphs,
}


def read_pairs(path: Path) -> list[Page]:
    """Return the pages of a file like ``layout/pairs.jsonl``."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Page(
            lines=tuple(filter(None, map(clean, row["page"].split("\n")))),
            paragraphs=tuple(row["paragraphs"]),
        )
        for row in rows
    ]


def score(method: Method, pages: Iterable[Page], *, whole_page: bool = False) -> Score:
    """Return the score of ``method`` over the boundaries of all ``pages`` together."""
    right = wrong = missed = 0
    for page in pages:
        true, first, last = _true_boundaries(page)
        predicted = set(_ends(method(page.lines)))
        if not whole_page:
            predicted = {end for end in predicted if first < end <= last}
        right += len(true & predicted)
        wrong += len(predicted - true)
        missed += len(true - predicted)
    return Score(right, wrong, missed)


def _true_boundaries(page: Page) -> tuple[set[int], int, int]:
    """Return the ends of the true paragraphs, the start of the first and the end of the last."""
    text, position, spans = _unspaced(" ".join(page.lines)), 0, []
    for paragraph in map(_unspaced, page.paragraphs):
        start = text.index(paragraph, position)
        position = start + len(paragraph)
        spans.append((start, position))
    return {end for _, end in spans}, spans[0][0], spans[-1][1]


def _ends(paragraphs: Iterable[str]) -> Iterator[int]:
    """Yield the position at which each paragraph ends."""
    position = 0
    for paragraph in paragraphs:
        position += len(_unspaced(paragraph))
        yield position


def _unspaced(text: str) -> str:
    return "".join(clean(text).split())


# --- pages synthesized from releases ------------------------------------------------------------

_SPANS = {
    "quote": re.compile(r"[“\"][^”\"]{15,}[”\"]?"),
    "dateline": re.compile(
        r"^[A-Z][A-Za-z .,’']{2,40}?(?:,? ?(?:D\.?C\.?|[A-Z][a-z]+\.?|[A-Z]{2}))? ?(?=[–—-])"
    ),
    "label": re.compile(r"^(?!background|about|quote)[A-Z][^.:“\"]{2,60}:", re.IGNORECASE),
    "address": re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+"),
    "here": re.compile(r"\b(?:here|HERE|this link|link)\b"),
    "act": re.compile(
        r"\b[A-Z][\w’'&-]*(?: (?:of|and|for|the|to|in|on|from|&|[A-Z(][\w’'&()-]*))*"
        r" Act(?: of \d{4})?"
    ),
    "ordinal": re.compile(r"(?<=\d)(?:st|nd|rd|th)\b"),
    "name": re.compile(
        r"\b(?:Rep\.|Sen\.|Senator|Congressman|Congresswoman|Representative|President"
        r"|U\.S\. Senators?) (?:[A-Z][\w.’'-]+ ?){1,3}(?:\([A-Z][\w.,\- ]+\))?"
    ),
    "deed": re.compile(
        r"\b(?:introduced|announced|sent|wrote|urged|called|led|joined|released|secured|voted"
        r"|helped|passed|signed|delivered|pressed|questioned|demanded|supported|letter|report"
        r"|statement|legislation|bill|amendment|resolution|video|according)\b"
        r"(?: (?:to|for|a|an|the|his|her|on|in|of|by|into|[a-z]+)){0,4}"
    ),
    "any": re.compile(r"(?:\S+ ){1,5}"),
}


def synthesized_pages(releases: Path, count: int, *, seed: int, held_out: bool) -> list[Page]:
    """Return up to ``count`` pages with line breaks at likely links and bold runs.

    Releases whose paragraphs look split already, and those of the newsrooms of the real pages, are
    left out.

    Args:
        releases: The file of releases, gzipped JSON Lines.
        count: The number of pages.
        seed: The seed of the random choices.
        held_out: Whether to use the quarter of the newsrooms that is held out, or the others.
    """
    chance = random.Random(seed)
    with gzip.open(releases, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if _is_usable(row, held_out)]
    chance.shuffle(rows)
    pages = []
    for row in rows:
        blocks = row["text"].split("\n\n")
        paragraphs = [text for text in map(clean, blocks) if text]
        split = sum(text[0].islower() or text[0] in ".,;)" for text in paragraphs)
        wrapped = any("\n" in block.strip() for block in blocks)
        if 4 <= len(paragraphs) <= 50 and not wrapped and split <= 0.1 * len(paragraphs) + 1:
            probabilities = _probabilities(chance)
            pieces = [
                piece
                for text in paragraphs
                for piece in _split_at_links(text, probabilities, chance)
            ]
            pages.append(Page(tuple(pieces), tuple(paragraphs)))
        if len(pages) == count:
            break
    return pages


def _is_usable(row: dict[str, str], held_out: bool) -> bool:
    domain = row["domain"]
    if "hawley" in domain or domain in ("www.lee.senate.gov", "web.archive.org"):
        return False
    return (hashlib.md5(domain.encode()).digest()[-1] % 4 == 0) is held_out


def _probabilities(chance: random.Random) -> dict[str, float]:
    """Return, for one page, the probability that each kind of span is a link or bold."""
    return {
        "quote": 0.93 * (chance.random() < 0.35),
        "dateline": float(chance.random() < 0.35),
        "label": float(chance.random() < 0.3),
        "address": 0.7 * (chance.random() < 0.7),
        "here": 0.95 * (chance.random() < 0.8),
        "act": chance.choice([0, 0.5, 0.9]),
        "ordinal": 0.9 * (chance.random() < 0.2),
        "name": chance.choice([0, 0, 0, 0.15, 0.5]),
        "deed": chance.choice([0, 0.05, 0.1, 0.2]),
        "any": chance.choice([0, 0.002, 0.005, 0.01]),
    }


def _split_at_links(text: str, probabilities: dict[str, float], chance: random.Random) -> list[str]:
    """Return the pieces of a paragraph, split at both ends of some of its spans."""
    spans: list[tuple[int, int]] = []
    for kind, form in _SPANS.items():
        for match in form.finditer(text):
            if chance.random() >= probabilities[kind]:
                continue
            start, end = match.span()
            if chance.random() < 0.12 and text[end : end + 1] in (".", ",", ";", ":"):
                end += 1
            if all(end <= other or start >= other_end for other, other_end in spans):
                spans.append((start, end))
    cuts = sorted({0, len(text), *(edge for span in spans for edge in span)})
    return [piece for a, b in pairwise(cuts) if (piece := text[a:b].strip())]


# --- fitting -------------------------------------------------------------------------------------


def examples(page: Page) -> Iterator[tuple[list[str], bool]]:
    """Yield the features of each line break of a page, and whether the paragraph continues."""
    ends, at_quotes = set(_ends(page.paragraphs)), breaks_at_quotes(page.lines)
    previous, text, count, position = "", page.lines[0], 1, len(_unspaced(page.lines[0]))
    for number, line in enumerate(page.lines[1:], start=1):
        after = page.lines[number + 1] if number + 1 < len(page.lines) else ""
        continues = position not in ends
        last = page.lines[number - 1]
        line_break = LineBreak(previous, text, last, count, line, after, at_quotes)
        yield list(features(line_break)), continues
        if continues:
            text, count = join_lines((text, line)), count + 1
        else:
            previous, text, count = text, line, 1
        position += len(_unspaced(line))


def fit_weights(pages: Iterable[Page]) -> dict[str, float]:
    """Return the weights of a logistic regression over ``pages``, largest first."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rows, outcomes = [], []
    for page in pages:
        for names, continues in examples(page):
            rows.append(dict.fromkeys(names, 1.0))
            outcomes.append(continues)
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=0.3, max_iter=2000, fit_intercept=False)
    model.fit(vectorizer.fit_transform(rows), outcomes)
    weights = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    return {
        name: round(float(weight), 1) for name, weight in sorted(weights, key=lambda pair: -pair[1])
    }


def measure(options: Options) -> Part:
    """Measure every method on the copied pages."""
    pairs = read_pairs(options.shared / "layout/pairs.jsonl")
    tables = (_table("Copied pages", pairs), _table("Copied pages, whole", pairs, whole_page=True))
    f1 = score(recover_paragraphs, pairs).f1
    return Part(
        "Paragraphs of copied pages",
        "Precision, recall and F1 over the boundaries of paragraphs.",
        tables,
        targets=(Target("paragraph boundaries, F1", 0.92, "", f1, at_least=True),),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_options(parser)
    parser.add_argument("--releases", type=Path)
    parser.add_argument("--fit", action="store_true", help="print weights fitted to --releases")
    arguments = parser.parse_args()
    if arguments.fit:
        for name, weight in fit_weights(
            synthesized_pages(arguments.releases, 3000, seed=1, held_out=False)
        ).items():
            print(f'    "{name}": {weight},')
        return
    print("\n".join(lines_of(measure(options_of(arguments)))))
    if arguments.releases:
        pages = synthesized_pages(arguments.releases, 500, seed=2, held_out=True)
        print(markdown(_table("Synthesized pages of held-out newsrooms", pages)))


def _table(title: str, pages: list[Page], *, whole_page: bool = False) -> Table:
    rows = []
    for name, method in METHODS.items():
        result = score(method, pages, whole_page=whole_page)
        rows.append((name, *(f"{x:.3f}" for x in (result.precision, result.recall, result.f1))))
    columns = ("method", "precision", "recall", "F1")
    return Table(f"{title} ({len(pages)})", columns, tuple(rows))


if __name__ == "__main__":
    main()
