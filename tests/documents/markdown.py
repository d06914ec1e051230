"""The Markdown of the documents, taken apart: blocks of code, code in a line, links, headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "embeddings/model_data/README.md",
    ROOT / "retrieval/training/README.md",
)

_BLOCK = re.compile(
    r"(?:^<!-- (?P<run>run|not run): (?P<by>.*?) -->\n)?^```\w*\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Code:
    """Code in a document, with its line, from 1."""

    document: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Block(Code):
    """A fenced block.

    Attributes:
        run_by: the name of the test that runs it; None if none does.
        not_run: why none does; None if it does not say so.
    """

    run_by: str | None
    not_run: str | None


class Entered(NamedTuple):
    """A command after a prompt, and what follows until the next one."""

    command: str
    output: str


@cache
def blocks(document: Path) -> Sequence[Block]:
    """The fenced blocks of a document.

    The line above each says what runs it, ``<!-- run: test_the_demo -->``, or why nothing does,
    ``<!-- not run: a diagram -->``.
    """
    text = document.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("text"))
        says = {match["run"]: match["by"]}
        found.append(
            Block(document, line, match["text"], says.get("run"), says.get("not run") or None)
        )
    return tuple(found)


def blocks_run_by(test: str) -> Sequence[Block]:
    """The blocks that name a test, in the order of the documents."""
    return [each for document in DOCUMENTS for each in blocks(document) if each.run_by == test]


def code(document: Path) -> Iterator[Code]:
    """Each line of the blocks of a document, and each code within a line of its prose."""
    for block in blocks(document):
        text = block.text.replace("\\\n", " ")
        for number, line in enumerate(text.splitlines(), start=block.line + 1):
            yield Code(document, number, line.removeprefix("$ ").strip())
    prose = _prose(document)
    for match in _CODE.finditer(prose):
        yield Code(document, prose.count("\n", 0, match.start()) + 1, match[1].replace("\\|", "|"))


def entered(block: str) -> list[Entered]:
    """The commands of a block of a terminal, each after ``$``, and their output."""
    found = re.split(r"^\$ (.+)\n", block, flags=re.MULTILINE)[1:]
    return [Entered(*each) for each in zip(found[::2], found[1::2], strict=True)]


def links(document: Path) -> Sequence[str]:
    """Where the links and pictures of a document lead."""
    return _LINK.findall(_CODE.sub("", _prose(document)))


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = _HEADING.findall(_prose(document))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def rows(document: Path, heading: str) -> Sequence[Sequence[str]]:
    """The rows of the first table below a heading, without its head; each a list of its cells."""
    text = _prose(document)
    below = re.split(rf"^#+ {re.escape(heading)}\n", text, flags=re.MULTILINE)[1]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table, f"no table below {heading!r}"
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table[0].splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in cells]


def _prose(document: Path) -> str:
    """A document with its blocks emptied, each line at its number."""
    text = document.read_text(encoding="utf-8")
    return _BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
