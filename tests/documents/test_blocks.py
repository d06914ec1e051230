"""Every block of the documents is run by a test, or says why not."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.documents.markdown import DOCUMENTS, ROOT, blocks

BESIDE = re.compile(r"\n\n {4}\S|^~~~", re.MULTILINE)
"""The other ways to write a block, which nothing here would see."""

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def running_blocks() -> Mapping[str, str]:
    """The tests that are given the blocks that name them, with the files that have them."""
    return {
        node.name: path.name
        for path in sorted(Path(__file__).parent.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and "shown" in {argument.arg for argument in node.args.args}
    }


@every_document
def test_every_block_is_run_or_says_why_not(document: Path) -> None:
    tests = running_blocks()
    for block in blocks(document):
        if block.run_by is None:
            assert block.not_run, f"{block}: say what runs it, or why nothing does"
        else:
            assert block.run_by in tests, f"{block}: there is no {block.run_by}"


@every_document
def test_every_block_is_fenced(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert not BESIDE.search(text), "write it between ``` and ```"


def test_every_test_of_blocks_has_one() -> None:
    named = {block.run_by for document in DOCUMENTS for block in blocks(document)}
    assert set(running_blocks()) <= named
