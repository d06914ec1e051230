"""The package stands alone: it imports nothing of the project around it, and its README is true."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .. import __all__ as exported

PACKAGE = Path(__file__).parent.parent
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
NEEDED = {"aiohttp", "jsonschema"}
NEEDED_BY_TESTS = NEEDED | {"discord", "hypothesis", "pytest"}


def imports(path: Path) -> Iterator[str]:
    """What a module imports: top-level packages, or a path of its own with leading dots."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=str)
def test_a_module_imports_only_what_the_package_has_or_declares(path: Path) -> None:
    depth = len(path.relative_to(PACKAGE).parts)
    allowed = NEEDED_BY_TESTS if path.is_relative_to(PACKAGE / "tests") else NEEDED
    for name in imports(path):
        if name.startswith("."):
            assert len(name) - len(name.lstrip(".")) <= depth
        else:
            assert name in allowed | sys.stdlib_module_names


def test_the_example_in_the_readme_runs_outside_this_project(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    shutil.copytree(PACKAGE, tmp_path / "loopback", ignore=shutil.ignore_patterns("tests"))
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_example.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout


def test_the_readme_names_every_module() -> None:
    modules = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py"}
    folders = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    assert modules | folders == set(
        re.findall(r"`(\w+(?:\.py|/))`", README.split("## The modules")[1])
    )


def test_what_is_exported_is_documented() -> None:
    package = sys.modules[__package__.rpartition(".")[0]]
    for name in exported:
        value = getattr(package, name)
        assert value.__doc__ or isinstance(value, int), name
