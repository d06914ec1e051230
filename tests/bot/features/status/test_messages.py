"""The status is a valid message, whatever the model and the newsrooms are called."""

from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive_service import ArchiveStatus
from bot.features.status.messages import status_message
from bot.i18n import ENGLISH, Language, load_languages
from bot.served_sources import Mismatch, MismatchKind
from bot.source_service import KnownSource
from bot.state.sources import SiteRefresh
from retrieval.index.manifest import Manifest
from retrieval.indexing.report import Progress
from tests.bot.features.rendering import assert_valid, texts_of
from tests.bot.features.strategies import DATE, LANGUAGE, MOMENT, PROGRESS, TEXT


def status(model: str, newsrooms: list[tuple[str, int]], **values: object) -> ArchiveStatus:
    manifest = Manifest("g000001", MOMENT, model, "f", 384, 1, 2, 2, 0, False, None, 1, {})
    defaults = {"first": date.min, "last": date.max, "building": None}
    return ArchiveStatus(manifest, newsrooms, **{**defaults, **values})  # type: ignore[arg-type]


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


def test_of_ten_thousand_newsrooms_the_first_are_listed() -> None:
    newsrooms = [(f"Newsroom {number}", 1) for number in range(10_000)]
    message = status_message(status("m", newsrooms), ENGLISH)
    assert_valid(message)
    text = texts_of(message)[0]
    assert "Newsrooms: Newsroom 0 (1), Newsroom 1 (1), " in text
    assert text.endswith(", …")


def test_sites_that_cannot_be_read_are_named() -> None:
    failing = [
        KnownSource(
            Path(f"site-{number}"), None, True, SiteRefresh(f"site-{number}", MOMENT, 1, MOMENT)
        )
        for number in range(9)
    ]
    message = status_message(status("m", []), ENGLISH, failing)
    assert_valid(message)
    lines = texts_of(message)[0].splitlines()
    assert r"⚠ site-0 cannot be read since <t:1735689600:R>" in lines
    assert lines[-1] == "⚠ …"


def test_what_is_served_although_the_sources_say_otherwise() -> None:
    """A line for each kind, without the names of files on the host's machine."""
    secret = (Path("/srv/secret"),)
    kinds: list[MismatchKind] = ["sample", "unread", "dropped", "gone", "empty"]
    for language in (ENGLISH, load_languages().for_locale("es")):
        found = [Mismatch(kind, secret, "index") for kind in kinds]
        message = status_message(status("m", []), language, (), found)
        assert_valid(message)
        text = texts_of(message)[0]
        assert text.count("⚠") == 3
        assert "secret" not in text
