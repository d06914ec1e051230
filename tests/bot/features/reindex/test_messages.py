"""Progress and reports are valid messages, whatever the releases are called."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.reindex.messages import progress_message, report_message
from bot.i18n import ENGLISH, Language, load_languages
from bot.phrases import progress_line
from retrieval.indexing.report import ChangedReleases, IndexReport, Progress
from retrieval.release import DocumentNote, RefusedDocument
from tests.bot.features.rendering import assert_valid, texts_of
from tests.bot.features.strategies import LANGUAGE, PROGRESS, TEXT

NAMES = st.lists(TEXT, max_size=9).map(tuple)


def report(documents: ChangedReleases, *refused: RefusedDocument) -> IndexReport:
    return IndexReport("g000002", 25_000, 268_000, 1, 2, 3, 4, refused, 12.5, documents)


@settings(deadline=None, max_examples=40)
@given(
    st.builds(ChangedReleases, NAMES, NAMES, NAMES),
    st.lists(st.builds(RefusedDocument, TEXT, TEXT), max_size=9),
    LANGUAGE,
)
def test_any_report_is_valid(
    documents: ChangedReleases, refused: list[RefusedDocument], language: Language
) -> None:
    assert_valid(report_message(report(documents, *refused), language))


def test_a_report_of_long_titles_fits() -> None:
    titles = ("x" * 500,) * 9
    refused = [RefusedDocument("x" * 500, "no text")] * 9
    message = report_message(report(ChangedReleases(titles, titles, titles), *refused), ENGLISH)
    assert_valid(message)
    assert message.attachments[0].data.decode().count("x" * 500) == 4 * 9


@pytest.mark.parametrize(("code", "rest"), [("en", "and 999,950 more"), ("es", "y 999.950 más")])
def test_a_million_refused_documents_are_counted(code: str, rest: str) -> None:
    refused = tuple(RefusedDocument(f"a.jsonl:{line}", "no text") for line in range(50))
    of_many = replace(report(ChangedReleases(), *refused), more_refused=999_950)
    message = report_message(of_many, load_languages().for_locale(code))
    assert_valid(message)
    assert any("1,000,000**" in text or "1.000.000**" in text for text in texts_of(message))
    assert message.attachments[0].data.decode().count("a.jsonl:") == 50
    assert rest in message.attachments[0].data.decode()


def test_a_million_notes_are_counted() -> None:
    first = tuple(DocumentNote(f"a.jsonl:{line}", "is a copy") for line in range(50))
    of_many = replace(
        report(ChangedReleases()), notes=first, note_counts={"is a copy": 10**6}, more_notes=7
    )
    (_, notes) = texts_of(report_message(of_many, ENGLISH))
    assert "a.jsonl:0, a.jsonl:1, a.jsonl:2 and 999,997 more: is a copy" in notes
    assert "and 7 more notes" in notes


def test_a_document_without_a_visible_name_is_listed_as_a_dash() -> None:
    assert "- –" in texts_of(report_message(report(ChangedReleases(added=("\u200b",))), ENGLISH))[1]


@settings(deadline=None, max_examples=20)
@given(PROGRESS, LANGUAGE)
def test_any_progress_is_valid(progress: Progress, language: Language) -> None:
    assert_valid(progress_message(progress_line(progress, language), language))
