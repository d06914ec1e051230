import ast
import json
import shutil
import sqlite3
from contextlib import closing
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.release import AttachedDocument, DateSource, Place, Release
from retrieval.sources import draft_cache
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.draft_cache import (
    _CODE,
    _FETCHING,
    LIBRARIES,
    DraftCache,
    document_key,
    readers_version,
)
from retrieval.sources.pdf import read_pdf_text
from retrieval.sources.reading import read_sources
from tests.architecture import import_graph, imported
from tests.conftest import NEWSROOMS, SEEDS
from tests.retrieval.sources.html.pages import BERTHS, article
from tests.retrieval.sources.pdf_files import Text, pdf

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
DOCUMENTS = st.builds(AttachedDocument, TEXT, MAYBE)
PLACES = st.builds(Place, st.integers(1, 99), st.none() | DOCUMENTS) | st.builds(
    Place, st.none(), DOCUMENTS
)
DRAFTS = st.builds(
    ReleaseDraft,
    TEXT,
    st.lists(TEXT, max_size=3).map(tuple),
    st.none() | st.dates(),
    *[MAYBE] * 5,
    st.none() | st.sampled_from(DateSource),
    st.lists(PLACES, max_size=3).map(tuple),
    *[st.lists(TEXT, max_size=3).map(tuple)] * 2,
)
ONE, TWO = document_key("one"), document_key("two")


@pytest.fixture
def cached(tmp_path):
    """Ask for drafts in a cache that is opened and closed; which of them were read."""

    def ask(*asked, version="1", anew=False):
        read = []
        with DraftCache(tmp_path / "drafts.sqlite", version, anew=anew) as drafts:
            for key, title in asked:

                def reading(title=title):
                    read.append(title)
                    return ReleaseDraft(title, ())

                assert drafts.draft(key, reading).title == title
        return read

    return ask


def test_a_document_is_read_once(cached):
    assert cached((ONE, "One"), (TWO, "Two"), (ONE, "One")) == ["One", "Two"]
    assert cached((ONE, "One"), (TWO, "Two")) == []


def test_what_is_not_asked_for_any_more_is_forgotten(cached):
    cached((ONE, "One"), (TWO, "Two"))
    assert cached((TWO, "Two")) == []
    assert cached((ONE, "One"), (TWO, "Two")) == ["One"]


def test_other_readers_read_everything_anew(cached):
    cached((ONE, "One"))
    assert cached((ONE, "Better"), version="2") == ["Better"]
    assert cached((ONE, "Better"), version="2") == []
    assert cached((ONE, "Again"), version="2", anew=True) == ["Again"]
    assert cached((ONE, "Again"), version="2") == []


def test_a_document_that_cannot_be_read_is_tried_again(cached, tmp_path):
    def fail():
        raise ValueError("no release")

    drafts = DraftCache(tmp_path / "drafts.sqlite", "1")
    with drafts, pytest.raises(ValueError, match="no release"):
        drafts.draft(ONE, fail)
    assert cached((ONE, "One")) == ["One"]


def test_of_a_build_that_is_stopped_all_that_was_read_is_kept(cached, tmp_path):
    cached((ONE, "One"))

    def stop():
        raise KeyboardInterrupt

    drafts = DraftCache(tmp_path / "drafts.sqlite", "1")

    def build():
        with drafts:
            drafts.draft(TWO, lambda: ReleaseDraft("Two", ()))
            drafts.draft(document_key("three"), stop)

    with pytest.raises(KeyboardInterrupt):
        build()
    assert cached((ONE, "One"), (TWO, "Two")) == []


@pytest.mark.parametrize(
    "damage",
    [
        "fields = replace(fields, 'One', 'Won')",
        "paragraphs = '[\"another\"]'",
        "paragraphs = CAST(x'ff' AS TEXT)",
        "fields = 7",
        "sum = 'none'",
    ],
)
def test_a_damaged_draft_is_read_anew(cached, tmp_path, damage):
    cached((ONE, "One"), (TWO, "Two"))
    with closing(sqlite3.connect(tmp_path / "drafts.sqlite")) as connection:
        connection.execute(f"UPDATE draft SET {damage} WHERE key = ?", [ONE])
        connection.commit()
    assert cached((ONE, "One"), (TWO, "Two")) == ["One"]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500])
def test_a_damaged_file_is_made_anew(cached, tmp_path, content):
    cached((ONE, "One"))
    (tmp_path / "drafts.sqlite").write_bytes(content)
    assert cached((ONE, "One")) == ["One"]
    assert cached((ONE, "One")) == []


def test_a_file_that_was_cut_off_is_made_anew(cached, tmp_path):
    many = [(document_key(str(n)), f"{n} " * 400) for n in range(100)]
    cached(*many)
    path = tmp_path / "drafts.sqlite"
    path.write_bytes(path.read_bytes()[:-9000])
    cached(*many)
    assert cached(*many) == []


def test_a_changed_byte_never_makes_another_draft(cached, tmp_path):
    many = [(document_key(str(n)), f"{n} " * 100) for n in range(40)]
    cached(*many)
    path = tmp_path / "drafts.sqlite"
    content = path.read_bytes()
    for at in range(0, len(content), 97):
        other = content[at] ^ (0x41 if at % 2 else 0x80)
        path.write_bytes(content[:at] + bytes([other]) + content[at + 1 :])
        cached(*many)


@given(draft=DRAFTS)
def test_any_draft_is_kept_as_it_is(draft, tmp_path_factory):
    path = tmp_path_factory.mktemp("drafts") / "drafts.sqlite"
    with DraftCache(path, "1") as drafts:
        assert drafts.draft(ONE, lambda: draft) == draft
    with DraftCache(path, "1") as drafts:
        assert drafts.draft(ONE, lambda: pytest.fail("it was read again")) == draft


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_other_parts_have_another_hash(parts, others):
    assert (document_key(*parts) == document_key(*others)) == (parts == others)


def test_sources_are_read_alike_with_a_cache_and_without(tmp_path):
    folder = tmp_path / "releases"
    folder.mkdir()
    lines = [*map(json.dumps, NEWSROOMS), "{broken", json.dumps({"title": "", "text": ""})]
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "b.html").write_text("<html><body><h1>Park Opens</h1><p>A park opened.</p></html>")
    (folder / "c.txt").write_bytes(next(SEEDS.glob("*.txt")).read_bytes())
    (folder / "d.txt").write_bytes(b"\x00\x01")
    (folder / "e.md").write_text("---\ntitle: Park\nstatus: draft\n---\nA park opened.")
    (folder / "2024-03-05 same.md").write_bytes((folder / "e.md").read_bytes())
    expected = list(read_sources([folder]))
    for _ in range(2):
        with DraftCache(tmp_path / "drafts.sqlite", "1") as drafts:
            assert list(read_sources([folder], drafts=drafts.draft)) == expected


def test_the_version_names_all_libraries_that_readers_import():
    sources = Path(read_sources.__code__.co_filename).parent
    names = {
        name.partition(".")[0]
        for path in sources.glob("**/*.py")
        if path.parent.name != "web"
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    known = packages_distributions()
    used = {each for name in names for each in known.get(name, ())} - {"verbatim-bot"}
    assert used == set(LIBRARIES)
    assert all(name in readers_version() for name in LIBRARIES)


def test_the_version_of_the_readers_covers_all_code_that_makes_drafts():
    graph = import_graph(packages=("retrieval",))
    covered = {name.removesuffix(".py") for name in _CODE}
    used = {
        other.split(".")[1]
        for name, others in graph.items()
        if name.split(".")[1] in covered
        for other in others
    }
    # Neither makes any part of a draft.
    assert used - covered == {"errors", "sqlite_damage"}


def test_no_page_that_was_fetched_becomes_a_draft_through_what_the_version_leaves_out():
    graph = import_graph(packages=("retrieval",))
    web = "retrieval.sources.web."
    todo = [name for name in graph if not name.startswith(web)]
    todo.append(f"{web}importing")  # which writes the copy that a site is read from
    used = set(todo)
    while todo:
        new = graph[todo.pop()] - used
        used |= new
        todo += new
    left_out = {name for name in graph if name.startswith(web)} - used
    assert left_out == {f"{web}{name}" for name in _FETCHING}


@pytest.mark.parametrize(
    ("module", "is_reader"),
    [
        ("sources/web/fetching.py", False),
        ("sources/web/importing.py", True),
        ("sources/web/release_page.py", True),
        ("sources/pdf.py", True),
        ("text/dates.py", True),
        ("ranking/answer.py", False),
    ],
)
def test_only_a_change_of_what_makes_drafts_makes_other_readers(
    module, is_reader, tmp_path, monkeypatch
):
    package = tmp_path / "retrieval"
    shutil.copytree(
        Path(draft_cache.__file__).parents[1],
        package,
        ignore=shutil.ignore_patterns("__pycache__", "training"),
    )
    before = readers_version()
    monkeypatch.setattr(draft_cache, "__file__", str(package / "sources" / "draft_cache.py"))
    assert readers_version() == before
    with (package / module).open("a") as file:
        file.write("# Another version.\n")
    assert (readers_version() != before) is is_reader


LETTERS = [
    pdf([Text(72, 720, f"The harbour board asks the minister for {amount} million crowns.")])
    for amount in ("forty", "fifty")
]
LINKED = '<a href="a.pdf">the letter</a> <a href="b.pdf">the form</a>'


@pytest.fixture
def read_twice(tmp_path):
    """Read a folder with a cache and without, which must not differ; how many PDFs were read."""
    folder = tmp_path / "releases"
    folder.mkdir()
    page = article(BERTHS.replace("</p>", f" See {LINKED}</p>", 1))

    def read(files, page=page):
        for path in folder.iterdir():
            path.unlink()
        (folder / "page.html").write_text(page)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        expected = list(read_sources([folder]))
        with DraftCache(tmp_path / "drafts.sqlite", "1") as drafts:
            assert list(read_sources([folder], drafts=drafts.draft)) == expected
        return [each for each in expected if isinstance(each, Release)]

    return read


def test_a_page_with_another_attachment_is_another_document(read_twice):
    first, second = LETTERS
    for files, count in (
        ({}, 0),
        ({"a.pdf": first}, 1),
        ({"a.pdf": second}, 1),
        ({"b.pdf": second}, 1),
        ({"a.pdf": first, "b.pdf": second}, 2),
        ({"a.pdf": second, "b.pdf": first}, 2),
        ({"a.pdf": first, "b.pdf": b"%PDF-1.4 no more than this"}, 1),
        ({"a.pdf": first, "b.pdf": first}, 1),
        ({}, 0),
    ):
        (release,) = read_twice(files)
        assert len({place.attachment for place in release.places} - {None}) == count
    assert len(read_twice({"a.pdf": first}, page=article(BERTHS))) == 2
    assert len(read_twice({"a.pdf": first}, page="<html>")) == 1


def test_attachments_are_read_once(read_twice, tmp_path, monkeypatch):
    files = dict(zip(("a.pdf", "b.pdf"), LETTERS, strict=True))
    expected = read_twice(files)
    read = []

    def reading(data):
        read.append(data)
        return read_pdf_text(data)

    monkeypatch.setattr("retrieval.sources.reading.read_pdf_text", reading)
    for version, count in (("1", 0), ("2", 2)):
        with DraftCache(tmp_path / "drafts.sqlite", version) as drafts:
            found = list(read_sources([tmp_path / "releases"], drafts=drafts.draft))
        assert ([each for each in found if isinstance(each, Release)], len(read)) == (
            expected,
            count,
        )
