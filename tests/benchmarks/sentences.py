"""Sentence boundaries beside other splitters: right splits, and time.

    python -m tests.benchmarks.sentences [--shared DIR] [--quick]

The splits are ``tests/retrieval/text/sentence_splits.txt``, written by hand in the style of press
releases, with the abbreviations of Verbatim's own list in view: on other texts it does less well.
The time is that for a paragraph of a real release.
"""

import gzip
import json
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

from retrieval.text.sentences import sentence_spans
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.timing import interleaved
from tests.retrieval.text.sentence_splits import Split, read_splits

Splitter = Callable[[str], Sequence[str]]

_TIMED = 1_000  # paragraphs
_MIN_LENGTH = 80  # characters of these


def own(text: str) -> Sequence[str]:
    """Verbatim's sentences."""
    return [text[start:end] for start, end in sentence_spans(text)]


def pysbd() -> Splitter:
    """Rules of the Pragmatic Segmenter."""
    from pysbd import Segmenter

    return Segmenter("en", clean=False).segment


def sentencex() -> Splitter:
    """Wikimedia's rules, in Rust."""
    from sentencex import segment

    return lambda text: list(segment("en", text))


def syntok() -> Splitter:
    """A tokenizer of its own, and rules over its tokens."""
    from syntok.segmenter import analyze

    return lambda text: [
        "".join(token.spacing + token.value for token in sentence)
        for paragraph in analyze(text)
        for sentence in paragraph
    ]


def blingfire() -> Splitter:
    """Microsoft's finite automata."""
    from blingfire import text_to_sentences

    return lambda text: text_to_sentences(text).split("\n")


PEERS: dict[str, Callable[[], Splitter]] = {
    each.__name__: each for each in (pysbd, sentencex, syntok, blingfire)
}


def splitters() -> dict[str, Splitter]:
    """Verbatim's and those of the peers that are installed."""
    installed = {name: make() for name, make in PEERS.items() if find_spec(name)}
    return {"retrieval.text.sentences": own, **installed}


def ends(sentences: Sequence[str]) -> set[int]:
    """Where sentences end, counted in characters other than white space, without the last end."""
    lengths = [len("".join(each.split())) for each in sentences]
    return set(accumulate(length for length in lengths if length)) - {sum(lengths)}


def score(split: Splitter, splits: Sequence[Split]) -> tuple[str, ...]:
    """How many paragraphs are split rightly, and precision, recall and F1 of the boundaries."""
    exact = right = wrong = missed = 0
    for each in splits:
        true, found = ends(each.sentences), ends(split(" ".join(each.sentences)))
        exact += true == found
        right += len(true & found)
        wrong += len(found - true)
        missed += len(true - found)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    f1 = 2 * right / max(1, 2 * right + wrong + missed)
    return (f"{exact} of {len(splits)}", *(f"{each:.3f}" for each in (precision, recall, f1)))


def paragraphs(releases: Path) -> Iterator[str]:
    """The longer paragraphs of a file of releases, shuffled by release."""
    with gzip.open(releases, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    random.Random(5).shuffle(texts)
    for text in texts:
        yield from (each for each in text.split("\n\n") if len(each) >= _MIN_LENGTH)


def measure(options: Options) -> Part:
    """Score and time every splitter."""
    splits, methods = list(read_splits()), splitters()
    real = paragraphs(options.releases)
    times = interleaved(methods, [next(real) for _ in range(options.times(_TIMED))])
    rows = [
        (name, *score(split, splits), f"{statistics.median(times[name]) * 1000:.0f}")
        for name, split in methods.items()
    ]
    missing = [name for name in PEERS if name not in methods]
    table = Table(
        "Sentences",
        ("splitter", "paragraphs right", "precision", "recall", "F1", "median µs"),
        tuple(rows),
        f"Not installed: {', '.join(missing)}." if missing else "",
    )
    return Part("Sentences", "Paragraphs split by hand, and split by rules.", (table,))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
