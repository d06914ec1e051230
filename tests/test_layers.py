"""The three rooms look one way: bot to retrieval to embeddings."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "embeddings": {"retrieval", "bot", "discord", "click", "rich"},
    "retrieval": {"bot", "discord", "click", "rich", "torch", "sentence_transformers"},
    "bot": {"tests", "torch", "sentence_transformers"},
}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_nothing_that_it_must_not_know(room: str) -> None:
    found = {
        (path.name, name)
        for path in (ROOT / room).rglob("*.py")
        if "training" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported(node)
        if name in FORBIDDEN[room]
    }
    assert not found


def imported(node: ast.AST) -> list[str]:
    """The top-level packages that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    return []


def test_nothing_of_the_product_imports_how_it_was_trained() -> None:
    found = {
        (str(path), module)
        for room in FORBIDDEN
        for path in (ROOT / room).rglob("*.py")
        if "training" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for module in [getattr(node, "module", None) or "", *(n.name for n in node.names)]
        if "training" in module.split(".")
    }
    assert not found
