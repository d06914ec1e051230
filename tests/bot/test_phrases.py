from dataclasses import replace
from datetime import date

import pytest

from bot.i18n import load_languages
from bot.phrases import filter_line, note_lines, place_line, query_line
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.query.understanding import ParsedQuery
from retrieval.question import Question
from retrieval.release import AttachedDocument, DocumentNote, Filter, Place


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("since", "until", "line"),
    [
        ("2024-03-01", "2024-03-31", "searched March 2024"),
        ("2024-01-01", "2024-12-31", "searched 2024"),
        ("2019-01-01", "2021-12-31", "searched 2019 to 2021"),
        ("2023-05-01", "2023-07-31", "searched May to July 2023"),
        ("2025-12-01", "2026-02-28", "searched December 2025 to February 2026"),
        ("2024-03-05", "2024-03-05", "searched March 5, 2024"),
        ("2026-03-30", "2026-04-05", "searched March 30, 2026 to April 5, 2026"),
        ("2025-01-01", None, "searched since January 2025"),
        ("2024-03-06", None, "searched since March 6, 2024"),
        (None, "2019-12-31", "searched until December 31, 2019"),
        (None, None, None),
    ],
)
def test_the_days_that_are_searched_in_words(since, until, line):
    assert filter_line(Filter(day(since), day(until))) == line


def test_undated_releases_are_named_where_they_are_searched_too():
    allowed = Filter(date(2024, 3, 1), date(2024, 3, 31), undated=True)
    assert filter_line(allowed) == "searched March 2024 and undated releases"
    spanish = load_languages().for_locale("es-ES")
    assert filter_line(allowed, spanish) == "buscado en marzo de 2024 y comunicados sin fecha"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (Place(), "paragraph 4"),
        (Place(2), "page 2, paragraph 4"),
        (Place(2, AttachedDocument("letter.pdf")), "letter.pdf, page 2"),
        (Place(None, AttachedDocument("letter.docx")), "letter.docx"),
    ],
)
def test_the_place_of_a_paragraph_in_words(place, line):
    assert place_line(4, place) == line


def test_what_is_said_of_many_documents_is_said_once():
    notes = [DocumentNote(f"{name}.html", "captions were left out") for name in "abcde"]
    assert note_lines([*notes, DocumentNote("news", "passed over: 3 .rtf")]) == [
        "a.html, b.html, c.html and 2 more: captions were left out",
        "news: passed over: 3 .rtf",
    ]


def test_countless_different_notes_are_cut():
    notes = [DocumentNote("a.html", f"note {number}") for number in range(1000)]
    lines = note_lines(notes)
    assert len(lines) == 21
    assert lines[-1] == "and 980 more notes"


def test_quotations_that_are_not_looked_for_are_counted():
    question = Question("Who said that?")
    parsed = ParsedQuery(question, question.text, SpellingCorrection(question.text), {})
    assert query_line(parsed) is None
    assert query_line(replace(parsed, unused_phrases=1)) == "1 more quotation was not used"
    assert query_line(replace(parsed, unused_phrases=700)) == "700 more quotations were not used"
    spanish = load_languages().for_locale("es-ES")
    assert query_line(replace(parsed, unused_phrases=2), spanish) == "no se usaron 2 citas más"
