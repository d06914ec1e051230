"""The Markdown of the documents, taken apart: blocks of code, code in a line, links, headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "embeddings/model_data/README.md",
    ROOT / "retrieval/training/README.md",
)

_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
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


class Entered(NamedTuple):
    """A command after a prompt, and what follows until the next one."""

    command: str
    output: str


def blocks(document: Path) -> Iterator[Code]:
    """The fenced blocks of a document."""
    text = document.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        yield Code(document, text.count("\n", 0, match.start()) + 1, match[1])


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


def _prose(document: Path) -> str:
    """A document with its blocks emptied, each line at its number."""
    text = document.read_text(encoding="utf-8")
    return _BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
