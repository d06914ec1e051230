"""The import graph of the product: its modules, its layers, its cycles.

    python -m tests.architecture [TREE]

A layer is a level of imports: a module that imports none of the product's is in layer 1, any other
one in the layer above the highest that it imports from. Imports within functions and under
``TYPE_CHECKING`` count like all others.
"""

import argparse
import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("embeddings", "retrieval", "bot")

Graph = Mapping[str, frozenset[str]]
"""By module the product's modules that it imports."""


def import_graph(tree: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> Graph:
    """The imports of every module in the packages of a source tree, training aside.

    A package counts as a module where its ``__init__.py`` has code besides its docstring.
    """
    modules = {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for package in packages
        for path in sorted((tree / package).rglob("*.py"))
        if "training" not in (name := module_name(path.relative_to(tree))).split(".")
    }
    modules = {
        name: body
        for name, body in modules.items()
        if not _is_package(tree, name) or len(body.body) > 1
    }
    return {
        name: frozenset(found for found in imported(body) if found in modules and found != name)
        for name, body in modules.items()
    }


def module_name(path: Path) -> str:
    """The dotted name of a module's file, relative to the tree."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(body: ast.AST) -> Iterator[str]:
    """All that the import statements of a module may name: modules, and names within them."""
    for node in ast.walk(body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layers(graph: Graph) -> dict[str, int]:
    """The layer of each module, from 1. Raises `graphlib.CycleError`, which names a cycle."""
    found: dict[str, int] = {}
    for name in TopologicalSorter(graph).static_order():
        found[name] = 1 + max((found[each] for each in graph[name]), default=0)
    return found


def lines(tree: Path, folder: str) -> int:
    """The lines of Python below a folder, training aside."""
    return sum(
        len(path.read_text(encoding="utf-8").splitlines())
        for path in (tree / folder).rglob("*.py")
        if "training" not in path.parts
    )


def _is_package(tree: Path, name: str) -> bool:
    return (tree / name.replace(".", "/")).is_dir()


def main() -> None:
    """Print the counts of a tree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tree", nargs="?", type=Path, default=ROOT)
    tree = parser.parse_args().tree
    for packages in (*((package,) for package in PACKAGES), PACKAGES):
        graph = import_graph(tree, packages)
        try:
            counted = f"{max(layers(graph).values())} layers, no cycle"
        except CycleError as error:
            counted = f"a cycle: {' -> '.join(reversed(error.args[1]))}"
        print(f"{' + '.join(packages)}: {len(graph)} modules, {counted}")
    for folder in (*PACKAGES, "tests"):
        print(f"{folder}: {lines(tree, folder):,} lines")


if __name__ == "__main__":
    main()
