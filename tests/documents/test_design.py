"""The design and the guide for contributors name what there is."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture import PACKAGES
from tests.documents.markdown import DOCUMENTS, ROOT, Block, code, rows
from tests.documents.terminal import printed

NOT_PACKAGES = {"locales", "model_data"}
"""Folders of the picture that have no code."""
BELOW = ("bot", "docs", "embeddings", "packaging", "requirements", "retrieval", "seeds", "tests")
"""The folders in which a path of the documents may be."""

Shown = Sequence[Block]


def packages() -> set[Path]:
    """The packages of the product, as they lie in the tree."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py"))
    return {path.parent.relative_to(ROOT) for path in found}


def test_the_picture_has_every_package(shown: Shown) -> None:
    (picture,) = shown
    named = re.findall(r"(\w+)/", picture.text)
    assert sorted(named) == sorted([*(path.name for path in packages()), *NOT_PACKAGES])
    for name in NOT_PACKAGES:
        assert any((ROOT / package / name).is_dir() for package in PACKAGES)


def tree(block: Block) -> Iterator[Path]:
    """What a tree names: folders end in a slash, modules stand between dots."""
    above: list[tuple[int, Path]] = []
    for line in block.text.splitlines():
        indent = len(line) - len(line.lstrip())
        names, _, _ = line.strip().partition("  ")
        if indent > 8:  # what goes on with the line above may begin with modules of its folder
            listed = re.match(r"((?:\w+, )*\w+): ", line.strip())
            yield from (above[-1][1] / each for each in (listed[1].split(", ") if listed else ()))
            continue
        while above and above[-1][0] >= indent:
            above.pop()
        folder = above[-1][1] if above else Path()
        for name in names.split(" · "):
            yield folder / name
        if names.endswith("/") and " · " not in names:
            above.append((indent, folder / names))


def test_the_tree_names_what_there_is(shown: Shown) -> None:
    (block,) = shown
    named = list(tree(block))
    assert len(named) > 100
    for path in named:
        there = ROOT / path
        assert there.is_dir() or there.with_suffix(".py").is_file(), path
    assert {Path(package) for package in PACKAGES} <= set(named)


def drawn(block: Block) -> Iterator[str]:
    """The files of the drawing of a data folder, as patterns below it."""
    above: list[tuple[int, str]] = []
    for line in block.text.splitlines()[1:]:
        indent = len(line) - len(line.lstrip())
        name = re.sub(r"\bg\d{6}\b", "g*", re.sub(r"\bs\d{6}\b", "s*", line.split()[0]))
        while above and above[-1][0] >= indent:
            above.pop()
        path = f"{above[-1][1] if above else ''}{name}"
        if name.endswith("/"):
            above.append((indent, path))
        yield path.rstrip("/")


def test_the_index_on_disk_is_as_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: Shown
) -> None:
    monkeypatch.chdir(tmp_path)
    printed(f"verbatim index {ROOT / 'seeds'}")
    data = tmp_path / "data"
    (block,) = shown
    patterns = list(drawn(block))
    found = {path.relative_to(data).as_posix() for path in data.rglob("*")}
    folders = ("generations", "*/segments", "*/segments/s*", "*/postings/*", "*/analyses/*")
    for name in found:
        assert any(fnmatch(name, each) for each in (*patterns, *folders)), name
    assert {each for each in patterns if not any(fnmatch(name, each) for name in found)} == {
        "pending",  # of a build that was killed
        "history.sqlite",  # once a release has changed
        "models",
        "baselines",
        "state.sqlite",
        "state.backup.sqlite",
        "STORE",  # with a database
        "generations/g*/segments/s*/codes.npy",  # from 50,000 rows on
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_of_the_code_is_there(document: Path) -> None:
    for each in code(document):
        path, _, test = each.text.partition("::")
        if re.fullmatch(rf"(?:{'|'.join(BELOW)})/[\w./-]+", path) and not test:
            assert (ROOT / path).exists(), each


def test_what_is_to_be_added_names_the_files_to_touch() -> None:
    additions = rows(ROOT / "docs" / "contributing.md", "Add something")
    for what in (
        "kind of file",
        "web source",
        "command of Discord",
        "command of the terminal",
        "table of the state",
        "file of the index",
        "language",
    ):
        (row,) = [row for row in additions if row[0].endswith(what) or f"{what} " in row[0]]
        for cell in row[1:]:
            paths = re.findall(r"`([\w./]+/[\w./]+)`", cell)
            assert paths, row
            assert all((ROOT / path).exists() for path in paths), row
