"""What whoever runs the bot sees is valid, whatever the releases are called."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive_service import ArchiveStatus
from bot.features.reindex.messages import progress_message, report_message, status_message
from bot.i18n import ENGLISH, Language
from bot.phrases import progress_line
from retrieval.index.manifest import Manifest
from retrieval.indexing.report import ChangedReleases, IndexReport, Progress
from retrieval.release import RefusedDocument
from tests.bot.features.hostile import DATE, LANGUAGE, MOMENT, TEXT
from tests.bot.features.judge import assert_valid, texts_of

NAMES = st.lists(TEXT, max_size=9).map(tuple)
PROGRESS = st.builds(
    Progress, st.just("embedding"), st.integers(0), st.one_of(st.none(), st.integers(0))
)


def status(model: str, newsrooms: list[tuple[str, int]], **values: object) -> ArchiveStatus:
    manifest = Manifest("g000001", MOMENT, model, "f", 384, 1, 2, 2, 0, False, None, 1, {})
    ordinary = {"first": date.min, "last": date.max, "building": None}
    return ArchiveStatus(manifest, newsrooms, **{**ordinary, **values})  # type: ignore[arg-type]


def report(documents: ChangedReleases, *refused: RefusedDocument) -> IndexReport:
    return IndexReport("g000002", 25_000, 268_000, 1, 2, 3, 4, refused, 12.5, documents)


@settings(deadline=None, max_examples=40)
@given(
    TEXT,
    st.lists(st.tuples(TEXT, st.integers(1)), max_size=40),
    DATE,
    st.one_of(st.none(), PROGRESS),
    LANGUAGE,
)
def test_any_status_is_valid(
    model: str,
    newsrooms: list[tuple[str, int]],
    first: date | None,
    building: Progress | None,
    language: Language,
) -> None:
    assert_valid(status_message(status(model, newsrooms, first=first, building=building), language))


def test_of_ten_thousand_newsrooms_the_first_are_named() -> None:
    newsrooms = [(f"Newsroom {number}", 1) for number in range(10_000)]
    message = status_message(status("m", newsrooms), ENGLISH)
    assert_valid(message)
    text = texts_of(message)[0]
    assert "Newsrooms: Newsroom 0 (1), Newsroom 1 (1), " in text
    assert text.endswith(", …")


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


def test_a_report_has_room_for_long_titles_of_every_kind() -> None:
    titles = ("x" * 500,) * 9
    refused = [RefusedDocument("x" * 500, "no text")] * 9
    message = report_message(report(ChangedReleases(titles, titles, titles), *refused), ENGLISH)
    assert_valid(message)
    assert message.attachments[0].data.decode().count("x" * 500) == 4 * 9


def test_a_document_without_anything_to_see_in_its_name_is_listed_as_a_dash() -> None:
    assert "- –" in texts_of(report_message(report(ChangedReleases(added=("\u200b",))), ENGLISH))[1]


@settings(deadline=None, max_examples=20)
@given(PROGRESS, LANGUAGE)
def test_any_progress_is_valid(progress: Progress, language: Language) -> None:
    assert_valid(progress_message(progress_line(progress, language), language))
