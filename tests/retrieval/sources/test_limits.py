import json

import pytest

from retrieval.release import AttachedDocument, Place, RefusedDocument, Release
from retrieval.sources.attachments import AttachedText, with_attachments
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.limits import MAX_FIELD, MAX_LINES, MAX_TEXT, BeyondLimit, check_draft
from retrieval.sources.reading import read_sources

WORDS = "Roe lowers the fares of all lines. "


def read(path, name, content):
    """What reading a file gives, with another file beside it that is read whatever happens."""
    (path / name).write_text(content)
    (path / "z.txt").write_text("Roe opens a bridge.")
    *found, last = read_sources([path])
    assert isinstance(last, Release)
    return found


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.json", "a.eml"])
def test_a_text_beyond_the_limit_is_refused(tmp_path, name):
    text = WORDS * (MAX_TEXT // len(WORDS) + 1)
    contents = {
        "a.html": f"<html><body><h1>Roe</h1><p>{text}</p></body></html>",
        "a.jsonl": json.dumps({"title": "Roe", "text": text}),
        "a.json": json.dumps({"title": "Roe", "text": text}),
        "a.eml": f"From: a@b.example\nSubject: Roe\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n\n{text}",
    }
    (refused,) = read(tmp_path, name, contents.get(name, text))
    assert isinstance(refused, RefusedDocument)
    assert "at most 1,000,000 are read" in refused.reason


def test_a_text_at_the_limit_is_read(tmp_path):
    (release,) = read(tmp_path, "a.txt", (WORDS * (MAX_TEXT // len(WORDS))).strip())
    assert len("".join(release.paragraphs)) > MAX_TEXT - len(WORDS)


def test_a_file_of_too_many_lines_is_refused(tmp_path):
    (refused,) = read(tmp_path, "a.txt", "word\n" * MAX_LINES)
    assert refused.reason == "the file has 20,001 lines: at most 20,000 are read"


@pytest.mark.parametrize("field", ["title", "author", "newsroom", "url", "id"])
def test_a_field_beyond_the_limit_is_refused(tmp_path, field):
    value = ("https://a.example/" if field == "url" else "") + "a" * (MAX_FIELD + 1)
    row = {"title": "Roe", "text": WORDS, field: value}
    (refused,) = read(tmp_path, "a.jsonl", json.dumps(row))
    assert isinstance(refused, RefusedDocument)
    assert refused.reason.endswith("characters: at most 2,000 are read")


def test_a_title_of_a_million_words_is_refused(tmp_path):
    row = {"title": "word " * 1_000_000, "text": WORDS}
    (refused,) = read(tmp_path, "a.jsonl", json.dumps(row))
    assert refused.reason == "its title has 4,999,999 characters: at most 2,000 are read"


def test_a_word_of_megabytes_is_refused(tmp_path):
    (refused,) = read(tmp_path, "a.jsonl", json.dumps({"title": "Roe", "text": "x" * 19_000_000}))
    assert (
        refused.reason == "its field 'text' has 19,000,000 characters: at most 5,000,000 are read"
    )


def test_a_draft_of_too_many_paragraphs_is_refused():
    with pytest.raises(BeyondLimit, match="20,001 paragraphs"):
        check_draft(ReleaseDraft("Roe", ("word",) * (MAX_LINES + 1)))


def test_attachments_beyond_the_limit_are_left_out_with_a_note():
    attached = []
    for name in ("a", "b", "c"):
        words = " ".join(f"{name}{number:06}" for number in range(500))
        texts = tuple(f"{name}{number} {words}" for number in range(110))
        text = ReleaseDraft("", texts, places=(Place(1),) * len(texts))
        attached.append(AttachedText(AttachedDocument(f"{name}.pdf"), text))
    draft = with_attachments(ReleaseDraft("Roe", (WORDS,)), attached)
    assert check_draft(draft).places[-1].attachment == AttachedDocument("b.pdf")
    assert any("more text than is read" in note for note in draft.notes)
