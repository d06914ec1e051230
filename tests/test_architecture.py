"""How the product is laid out: which folder may import which, and what no module may know."""

import ast
from collections import Counter
from graphlib import CycleError
from pathlib import Path

import pytest

from tests.architecture import PACKAGES, ROOT, import_graph, imported, layers

# Third-party packages, and packages above, that a package must not import, now or later.
FORBIDDEN = {
    "embeddings": {"retrieval", "bot", "discord", "click", "rich"},
    "retrieval": {"bot", "discord", "click", "rich", "torch", "sentence_transformers"},
    "bot": {"tests", "torch", "sentence_transformers"},
}
# What each folder of retrieval may import of retrieval, its own modules aside. A release goes from
# sources over indexing into the index, a question from query over ranking to an answer.
VALUES = {
    "errors",
    "sqlite_damage",
    "disk",
    "timestamps",
    "release",
    "content",
    "places",
    "question",
    "passages",
}
ALLOWED = {
    "text": set(),
    "sources": {"text", *VALUES},
    "postgres": VALUES,
    "index": {"postgres", "text", *VALUES},
    "indexing": {"sources", "index", "postgres", "text", *VALUES},
    "query": {"index", "text", *VALUES},
    "ranking": {"query", "index", "text", *VALUES},
    "evaluation": {"ranking", "index", "indexing", "text", "archive", *VALUES},
}


def modules(folder: Path) -> list[Path]:
    """The product's modules below a folder: training is none of it."""
    return [path for path in sorted(folder.rglob("*.py")) if "training" not in path.parts]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_imports_nothing_of_a_package_above_or_of_its_libraries(package: str) -> None:
    found = {
        (str(path.relative_to(ROOT)), name.partition(".")[0])
        for path in modules(ROOT / package)
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not {each for each in found if each[1] in FORBIDDEN[package]}


def test_every_folder_of_retrieval_has_its_place() -> None:
    folders = {path.parent.name for path in (ROOT / "retrieval").glob("*/__init__.py")}
    assert folders - {"training"} == set(ALLOWED)


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_of_retrieval_imports_only_what_comes_before_it(folder: str) -> None:
    graph = import_graph(packages=("retrieval",))
    found = {
        (module, other)
        for module, others in graph.items()
        if module.split(".")[1] == folder
        for other in others
        if other.split(".")[1] not in {folder, *ALLOWED[folder]}
    }
    assert not found


def test_there_is_no_cycle_of_imports_not_even_under_type_checking() -> None:
    assert max(layers(import_graph()).values()) > 1


def test_a_cycle_would_be_found() -> None:
    with pytest.raises(CycleError):
        layers({"a": frozenset({"b"}), "b": frozenset({"a"})})


def test_the_product_imports_nothing_of_how_it_was_trained() -> None:
    found = {
        (str(path.relative_to(ROOT)), name)
        for package in PACKAGES
        for path in modules(ROOT / package)
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if "training" in name.split(".")
    }
    assert not found


def test_no_class_name_stands_for_two_things() -> None:
    names = Counter(
        node.name
        for package in PACKAGES
        for path in modules(ROOT / package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert not [name for name, count in names.items() if count > 1]
