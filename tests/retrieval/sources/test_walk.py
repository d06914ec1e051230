import os

import pytest

from retrieval.release import RefusedDocument, Release
from retrieval.sources.reading import SUFFIXES, read_sources
from retrieval.sources.walk import find_files, real_path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "text.txt").write_text("Roe lowers fares.")
    return tmp_path / "news"


@pytest.fixture
def make_deep(folder, monkeypatch):
    """Make folders within each other, a step at a time: a path of them may be too long.

    They are taken away likewise, since `shutil.rmtree` goes no deeper than Python's stack.
    """
    made = []

    def make(name, depth):
        monkeypatch.chdir(folder)
        for _ in range(depth):
            os.mkdir(name)
            os.chdir(name)
            made.append(name)
        with open("deep.txt", "w") as file:
            file.write("Roe opens a bridge.")

    yield make
    os.remove("deep.txt")
    while made:
        os.chdir("..")
        os.rmdir(made.pop())


def test_a_link_to_itself_is_refused_and_the_others_read(folder):
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "ring").symlink_to("ring")
    (folder / "there.txt").symlink_to("back.txt")
    (folder / "back.txt").symlink_to("there.txt")
    first, second, release, third = read_sources([folder])
    assert [first.source, second.source, third.source] == [
        "news/back.txt",
        "news/loop.txt",
        "news/there.txt",
    ]
    assert {each.reason for each in (first, second, third)} == {os.strerror(40)}
    assert isinstance(release, Release)


def test_a_folder_of_any_depth_is_read(folder, make_deep):
    make_deep("d", 1100)
    first, last = read_sources([folder])
    assert first.source == f"news/{'d/' * 1100}deep.txt"
    assert last.source == "news/text.txt"


def test_a_folder_too_deep_for_a_path_is_refused(folder, make_deep):
    make_deep("d" * 200, 30)
    refused, release = read_sources([folder])
    assert isinstance(refused, RefusedDocument)
    assert refused.reason == os.strerror(36)
    assert release.source == "news/text.txt"


def test_files_come_in_the_order_of_their_paths(folder):
    for name in ("b/z.txt", "b/c/a.txt", "b.txt", "a.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    names = [each.relative_path for each in find_files(folder, SUFFIXES)]
    assert names == ["a.txt", "b/c/a.txt", "b/z.txt", "b.txt", "text.txt"]


def test_the_real_path_of_a_link_to_itself_is_its_own(folder):
    (folder / "loop").symlink_to("loop")
    assert real_path(folder / "loop") == folder.resolve() / "loop"
    (folder / "link").symlink_to("text.txt")
    assert real_path(folder / "link") == (folder / "text.txt").resolve()
