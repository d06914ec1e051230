"""The main text of web pages: words and paragraphs of Verbatim and other extractors.

    python -m tests.benchmarks.pages [--shared DIR]

``pages/articles`` has real pages with their true text. Words are compared as multisets of single
words and of runs of four (the measure of scrapinghub/article-extraction-benchmark), each page
counting the same. A paragraph of five words or more is found if its words stand in the text as one
run.
"""

import argparse
import gzip
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from retrieval.sources.decoding import decode
from retrieval.sources.html.reader import read_html
from tests.benchmarks.parts import (
    Options,
    Part,
    Table,
    Target,
    add_options,
    lines_of,
    options_of,
)

Extractor = Callable[[bytes], str]

_WORD = re.compile(r"\w+")
_RUN = 4
_MIN_WORDS = 5  # of a paragraph that is looked for


@dataclass(frozen=True, slots=True)
class Article:
    """A page as bytes, and its true text with blank lines between paragraphs."""

    html: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of words, of runs of words, and the share of paragraphs found."""

    words: tuple[float, float]
    runs: tuple[float, float]
    paragraphs: float
    milliseconds: float

    @property
    def f1(self) -> float:
        return f1(self.words)


def f1(precision_and_recall: tuple[float, float]) -> float:
    """Return the harmonic mean of precision and recall."""
    precision, recall = precision_and_recall
    return 2 * precision * recall / (precision + recall or 1)


def read_articles(folder: Path) -> list[Article]:
    """Return the pages of a folder like ``pages/articles``, by name."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return [
        Article(gzip.decompress((folder / f"{name}.html.gz").read_bytes()), item["articleBody"])
        for name, item in sorted(truth.items())
    ]


def verbatim(html: bytes) -> str:
    """Return what Verbatim reads."""
    return "\n\n".join(read_html(decode(html)).paragraphs)


def score(extract: Extractor, articles: Sequence[Article]) -> Score:
    """Return how well an extractor does; a page that it cannot read has no text."""
    words, runs, found, total = [], [], 0, 0
    seconds = 0.0
    for article in articles:
        started = time.process_time()
        try:
            text = extract(article.html)
        except Exception:  # whatever a peer does with a page is its result
            text = ""
        seconds += time.process_time() - started
        words.append(_shares(article.text, text, 1))
        runs.append(_shares(article.text, text, _RUN))
        flat = _flat(text)
        wanted = list(map(_flat, _paragraphs(article.text)))
        found += sum(paragraph in flat for paragraph in wanted)
        total += len(wanted)
    return Score(
        _precision_and_recall(words),
        _precision_and_recall(runs),
        found / total,
        1000 * seconds / len(articles),
    )


def missed_paragraphs(extract: Extractor, article: Article) -> list[str]:
    """Return the true paragraphs that an extractor does not find."""
    flat = _flat(extract(article.html))
    return [each for each in _paragraphs(article.text) if _flat(each) not in flat]


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        if len(_WORD.findall(paragraph)) >= _MIN_WORDS:
            yield paragraph


def _flat(text: str) -> str:
    return f" {' '.join(_WORD.findall(text)).lower()} "


def _shares(truth: str, text: str, run: int) -> tuple[float, float, float]:
    """Return right, wrong and missed runs of words as shares of their sum."""
    wanted, given = _runs(truth, run), _runs(text, run)
    right = (wanted & given).total()
    wrong, missed = given.total() - right, wanted.total() - right
    total = right + wrong + missed or 1
    return right / total, wrong / total, missed / total


def _runs(text: str, length: int) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[n : n + length]) for n in range(max(1, len(words) - length + 1)))


def _precision_and_recall(shares: Iterable[tuple[float, float, float]]) -> tuple[float, float]:
    right, wrong, missed = map(sum, zip(*shares, strict=True))
    return right / (right + wrong or 1), right / (right + missed or 1)


def trafilatura(html: bytes) -> str:
    import trafilatura

    return trafilatura.extract(html, include_comments=False) or ""


def readability(html: bytes) -> str:
    from readability import Document

    return LexborHTMLParser(Document(decode(html)).summary()).text(separator="\n\n")


def resiliparse(html: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(decode(html), main_content=True))


METHODS: dict[str, Extractor] = {
    "Verbatim": verbatim,
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def measure(options: Options) -> Part:
    """Measure every extractor on the articles."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    articles = read_articles(options.shared / "pages/articles")
    scores = {name: score(method, articles) for name, method in METHODS.items()}
    rows = tuple(
        (
            name,
            *(f"{each:.3f}" for each in (*result.words, result.f1, f1(result.runs))),
            f"{result.paragraphs:.3f}",
            f"{result.milliseconds:.0f}",
        )
        for name, result in scores.items()
    )
    columns = ("extractor", "words: precision", "recall", "F1", "runs of four: F1")
    table = Table(
        f"Main text of web pages ({len(articles)})",
        (*columns, "paragraphs found", "ms of processor time a page"),
        rows,
    )
    ours = scores["Verbatim"]
    return Part(
        "Main text of web pages",
        "News articles of many sites with their true text.",
        (table,),
        targets=(
            Target("words of web pages, F1", 0.970, "", ours.f1, at_least=True),
            Target("paragraphs of web pages found", 0.985, "", ours.paragraphs, at_least=True),
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_options(parser)
    print("\n".join(lines_of(measure(options_of(parser.parse_args())))))


if __name__ == "__main__":
    main()
