import gzip
import json
import os
import quopri
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import NoReleases, SourceMissing
from retrieval.release import DateSource, DocumentNote, RefusedDocument, Release
from retrieval.sources.file_types import SUFFIXES
from retrieval.sources.reading import read_sources
from tests.retrieval.sources.docx_files import docx, paragraph
from tests.retrieval.sources.pdf_files import Text, pdf
from tests.shared import shared

ROW = {
    "id": "r1",
    "title": "Roe Lowers Fares",
    "date": "2025-09-08",
    "url": "https://Www.Roe.Example/fares",
    "text": "WASHINGTON – One.\n\nTwo\nlines.",
}


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "news"
    root.mkdir()
    return root


def write(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    )
    return path


def read(*paths, **options):
    return list(read_sources(paths, **options))


def test_a_row_is_a_release(folder):
    write(folder / "a.jsonl", {**ROW, "member": "Ann Roe"})
    assert read(folder) == [
        Release(
            id="r1",
            title="Roe Lowers Fares",
            paragraphs=("WASHINGTON – One.", "Two lines."),
            date=date(2025, 9, 8),
            url="https://Www.Roe.Example/fares",
            newsroom="www.roe.example",
            author="Ann Roe",
            dateline="WASHINGTON",
            source="news/a.jsonl:1",
            date_source=DateSource.FIELD,
        )
    ]


def test_folders_are_searched_in_order_and_hidden_files_skipped(folder):
    for name in ("b/z.txt", "b/a.md", "a.text", ".hidden.txt", ".git/x.txt", "B.HTM"):
        write(folder / name, f"<html><body><p>{'A page with text. ' * 20}</p></body></html>")
    releases = read(folder)
    names = [f"news/{name}" for name in ("B.HTM", "a.text", "b/a.md", "b/z.txt")]
    assert [item.source for item in releases] == names
    assert [item.id for item in releases] == ["B", "a", "b-a", "b-z"]


def test_a_loop_of_links_and_a_file_named_twice_are_read_once(folder):
    write(folder / "a.txt", "Text.")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.txt").symlink_to(folder / "missing")
    types = [type(item) for item in read(folder, folder / "a.txt")]
    assert types == [Release, RefusedDocument]


def test_pipes_and_devices_are_refused_unread(folder):
    write(folder / "b.txt", "Text.")
    os.mkfifo(folder / "a.txt")
    os.mkfifo(folder / "not-read")
    (folder / "c.txt").symlink_to(folder / "not-read")
    (folder / "d.txt").symlink_to(os.devnull)
    first, release, *others = read(folder)
    assert isinstance(release, Release)
    assert [first, *others] == [
        RefusedDocument(f"news/{name}.txt", "not a regular file") for name in "acd"
    ]
    named = read(folder / "b.txt", folder / "a.txt")
    assert named[1] == RefusedDocument("a.txt", "not a regular file")


def test_a_missing_path_is_an_error_immediately(folder):
    with pytest.raises(SourceMissing, match="gone"):
        read_sources([folder, folder / "gone"])


def test_the_error_without_releases_names_the_file_types(folder):
    write(folder / "a.rtf", "x")
    with pytest.raises(NoReleases, match=r"jsonl.*; passed over: 1 \.rtf$") as caught:
        read(folder)
    assert caught.value.looked_for == SUFFIXES


def test_refused_documents_come_before_the_error_without_releases(folder):
    (folder / "a.txt").write_bytes(b"\x00\x01")
    items = read_sources([folder])
    assert next(items) == RefusedDocument("news/a.txt", "the file is binary, not text")
    with pytest.raises(NoReleases, match="1 could not be read"):
        next(items)


def test_a_file_of_unknown_type_is_refused_with_the_known_types(folder):
    good, bad = write(folder / "a.jsonl", ROW), write(folder / "a.rtf", "x")
    release, refused = read(good, bad)
    assert isinstance(release, Release)
    assert refused.source == "a.rtf"
    assert ".jsonl.gz" in refused.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"%PDF-1.7 ...", "damaged"),
        (b"{\\rtf1 text}", "rich text"),
    ],
)
def test_files_that_are_not_text_are_refused_and_the_others_read(folder, content, reason):
    (folder / "a.txt").write_bytes(content)
    write(folder / "b.txt", "Text.")
    refused, release = read(folder)
    assert refused.source == "news/a.txt"
    assert reason in refused.reason
    assert release.id == "b"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file: run it as another user")
def test_a_file_without_permission_is_refused(folder):
    write(folder / "a.txt", "Text.").chmod(0)
    write(folder / "b.txt", "Text.")
    assert read(folder)[0] == RefusedDocument("news/a.txt", "Permission denied")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line is not JSON"),
        ("[1]", "a list, not a JSON object"),
        ('{"title": 3, "text": "x"}', "'title' is a number"),
        ('{"title": "x", "text": 3}', "'text' is a number"),
        ('{"id": "x", "title": " ", "text": null}', "neither a title nor a text"),
        ("[" * 100_000, "line is not JSON"),
    ],
)
def test_an_invalid_line_is_refused_and_the_next_is_read(folder, line, reason):
    write(folder / "a.jsonl", ROW, "", line, {**ROW, "id": "r2"})
    first, refused, last = read(folder)
    assert (first.id, last.id) == ("r1", "r2")
    assert refused.source == "news/a.jsonl:3"
    assert reason in refused.reason


@pytest.mark.parametrize("given_date", ["2025-02-30", "soon", 20250230, 2025, True, None, ["2025"]])
def test_an_invalid_date_leaves_a_release_undated(folder, given_date):
    write(folder / "a.jsonl", {**ROW, "date": given_date})
    (release,) = read(folder)
    assert release.date is None


@pytest.mark.parametrize("given_date", [20250908, 1757289600, 1757375999.5, 1757289600000])
def test_a_date_may_be_a_number(folder, given_date):
    write(folder / "a.jsonl", {**ROW, "date": given_date})
    (release,) = read(folder)
    assert release.date == date(2025, 9, 8)


def test_a_missing_text_is_the_title_and_a_missing_title_the_beginning_of_the_text(folder):
    write(folder / "a.jsonl", {"title": "Title"}, {"text": "Word " * 60})
    title, text = read(folder)
    assert title.paragraphs == ("Title",)
    assert text.title.endswith("…")
    assert len(text.title) <= 140


def test_the_newsroom_is_from_the_row_or_the_url_or_the_default(folder):
    write(
        folder / "a.jsonl",
        {"text": "1", "newsroom": "Roe", "domain": "roe.example", "url": "https://x.example"},
        {"text": "2", "domain": "roe.example", "url": "https://x.example"},
        {"text": "3", "url": "https://www.X.example/a"},
        {"text": "4", "url": "http://[broken"},
    )
    assert [item.newsroom for item in read(folder, newsroom="Default")] == [
        "Roe",
        "roe.example",
        "www.x.example",
        "Default",
    ]


def test_ids_are_unique_and_the_same_in_every_run(folder):
    write(folder / "a" / "b.txt", "One.")
    write(folder / "a-b.txt", "Two.")
    write(folder / "c.jsonl", ROW, ROW, {**ROW, "title": "Other"}, {"text": "x"}, {"text": "x"})
    ids = [item.id for item in read(folder)]
    assert len(set(ids)) == len(ids) == 7
    assert ids == [item.id for item in read(folder)]
    assert {"a-b", "r1"} <= set(ids)


def test_a_damaged_compressed_file_is_read_up_to_the_damage(folder):
    rows = [{**ROW, "id": f"r{n}", "text": os.urandom(300).hex()} for n in range(200)]
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (folder / "a.jsonl.gz").write_bytes(whole)
    assert len(read(folder)) == 200
    (folder / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    *read_so_far, last = read(folder)
    assert len(read_so_far) > 20
    assert last.source == "news/a.jsonl.gz"
    (folder / "a.jsonl.gz").write_bytes(whole[:5000] + b"?" * 100 + whole[5100:])
    assert any(isinstance(item, RefusedDocument) for item in read(folder))
    (folder / "a.jsonl.gz").write_bytes(b"no gzip")
    write(folder / "b.txt", "Text.")
    assert [type(item) for item in read(folder)] == [RefusedDocument, Release]


def test_files_that_are_passed_over_are_counted_by_their_endings(folder):
    write(folder / "a.txt", "Text.")
    for name in ("b.rtf", "c/d.RTF", "e.pages", "README", "f.png", "g/h.css", ".hidden.doc"):
        write(folder / name, "x")
    _, note = read(folder)
    assert note == DocumentNote(
        "news", "passed over: 2 .rtf, 1 without an ending, 1 .pages; 2 without text (.png, .css)"
    )


def test_many_endings_are_said_in_one_line(folder):
    write(folder / "a.txt", "Text.")
    for number in range(40):
        write(folder / f"b.x{number}", "x")
    _, note = read(folder)
    assert note.text.endswith(", 32 others")
    assert len(note.text) < 120


def test_what_a_browser_saves_beside_a_page_is_no_document(folder):
    page = f"<html><body><p>{'A page with text. ' * 20}</p></body></html>"
    write(folder / "Fares.html", page)
    write(folder / "Fares_files" / "advertisement.html", page)
    write(folder / "Fares_files" / "deep" / "logo.png", "x")
    write(folder / "other_files" / "kept.html", page)
    first, second, note = read(folder)
    assert [first.source, second.source] == ["news/Fares.html", "news/other_files/kept.html"]
    assert note.text == "passed over: 2 saved with web pages"


def test_a_date_in_the_name_of_a_file_counts_if_nothing_else_gives_one(folder):
    write(folder / "2024-03-05-fares.md", "---\ntitle: Fares\n---\nText.")
    write(folder / "2024-03-06-fares.md", "---\ndate: 2024-03-01\n---\nText.")
    write(folder / "2024-02-31-fares.md", "Text.")
    assert [(item.date, item.date_source) for item in read(folder)] == [
        (None, None),
        (date(2024, 3, 5), DateSource.FILE_NAME),
        (date(2024, 3, 1), DateSource.FIELD),
    ]


def test_a_field_that_is_not_read_is_named_once_a_file(folder):
    rows = [{**ROW, "id": f"r{n}", "mood": "good", "words": n + 1} for n in range(30)]
    write(folder / "a.jsonl", *rows, {**ROW, "id": "x", "party": "L"})
    *_, note = read(folder)
    assert note == DocumentNote(
        "news/a.jsonl", "fields that are not read: mood, words (30 rows); party (1 row)"
    )


def test_fields_of_front_matter_that_are_not_read_are_named_once_a_folder(folder):
    for name in "ab":
        write(folder / f"{name}.md", "---\nlayout: post\ntags: [x]\nmood: good\n---\nText.")
    *_, note = read(folder)
    assert note == DocumentNote("news", "fields that are not read: mood (2 files)")


def test_a_json_file_is_an_object_a_list_or_a_list_in_an_object(folder):
    write(folder / "a.json", ROW)
    write(folder / "b.json", [{**ROW, "id": "r2"}, 3, {**ROW, "id": "r3"}])
    write(folder / "c.json", {"version": "1.1", "items": [{**ROW, "id": "r4"}]})
    write(folder / "d.json", {"name": 5}, "")
    write(folder / "e.json", [1, 2])
    found = {item.source: getattr(item, "id", None) for item in read(folder)}
    assert found == {
        "news/a.json:1": "r1",
        "news/b.json:1": "r2",
        "news/b.json:2": None,
        "news/b.json:3": "r3",
        "news/c.json:1": "r4",
        "news/d.json:1": None,
        "news/e.json": None,
    }


def test_a_file_with_a_wrong_ending_is_read_as_what_it_is(folder):
    text = "The quay of Lindow will be rebuilt with oak timber before the winter, says the mayor."
    (folder / "a.txt").write_bytes(pdf([Text(72, 700, text)]))
    (folder / "b.pdf").write_bytes(docx(paragraph(text)))
    header = "From: a@b.example\nSubject: Quay\nMIME-Version: 1.0\nContent-Type: text/plain\n\n"
    write(folder / "c.txt", header + text)
    assert [item.paragraphs for item in read(folder)] == [(text,)] * 3


def test_text_that_was_saved_as_quoted_printable_is_decoded(folder):
    text = "“The quay of Lindow,” she said, “will be rebuilt with oak timber before the winter.”"
    (folder / "a.txt").write_bytes(quopri.encodestring(f"{text}\n\n{text}".encode()))
    write(folder / "b.txt", "Two sums: a=b and =C3 x=20, which nobody encoded.")
    first, second = read(folder)
    assert first.paragraphs == (text, text)
    assert second.paragraphs == ("Two sums: a=b and =C3 x=20, which nobody encoded.",)


def test_all_releases_of_the_collection_are_read():
    items = list(read_sources([shared("releases/congress.jsonl.gz")]))
    assert len(items) == len({item.id for item in items}) == 25_601
    assert not any(isinstance(item, RefusedDocument) for item in items)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("id", "title", "date", "url", "newsroom", "domain", "author", "member", "text")


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON), min_size=1, max_size=5))
def test_rows_of_any_types_are_read_or_refused(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    items = []
    try:
        items.extend(read_sources([path]))
    except NoReleases:
        return
    assert len(items) <= len(rows)
    for item in items:
        if isinstance(item, Release):
            assert item.title
            assert item.paragraphs
            assert all(item.paragraphs)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("bytes")
    for suffix in (".txt", ".md", ".jsonl", ".jsonl.gz", ".json", ".pdf", ".docx", ".eml", ".mht"):
        (folder / f"a{suffix}").write_bytes(data)
    (folder / "z.txt").write_text("Text.")
    assert read(folder)


def test_a_web_page_whose_name_ends_in_txt_is_read_as_one(folder):
    folder.mkdir(exist_ok=True)
    (folder / "page.txt").write_text(
        "<!DOCTYPE html><title>Quay</title><h1>Quay</h1><p>The quay will be rebuilt with oak.</p>"
    )
    (release,) = read(folder)
    assert (release.title, release.paragraphs) == ("Quay", ("The quay will be rebuilt with oak.",))
