from datetime import date, timedelta

import pytest

from retrieval.archive import Archive
from retrieval.errors import BadQuestion, UnknownNewsroom
from retrieval.scope import Scope, preview
from tests.retrieval.conftest import write_releases
from tests.retrieval.test_standing import RELEASES, release

LAST = date(2024, 6, 20)


@pytest.fixture(scope="module")
def archive(encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scope")
    other = {**release("ferry", "Férry Fares Rise Again", LAST, "They rise."), "newsroom": "Coast"}
    source = write_releases(folder / "releases.jsonl", [*RELEASES, other])
    archive = Archive(folder / "data", encoder)
    archive.reindex([source])
    return archive


def test_a_scope_without_conditions_has_every_release(archive):
    store = archive.index.releases
    assert Scope().is_everything
    assert all(Scope().allows(each) for each in store.select())


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("ferry", {"ferry", "daily-2"}),
        ("FARES fèr", {"ferry", "daily-2"}),
        ("fares frozen", {"daily-2"}),
        ("rise. again", set()),
        ("%", set()),
        (" ", None),
    ],
)
def test_words_stand_in_the_title_as_in_a_search_of_releases(archive, words, ids):
    store = archive.index.releases
    allowed = [each for each in store.select() if Scope(words=words).allows(each)]
    assert ids is None or {each.id for each in allowed} == ids
    assert allowed == store.select(search=words)


def test_a_newsroom_and_words_must_both_fit(archive):
    store = archive.index.releases
    scope = Scope(newsroom="Coast", words="fares")
    assert [each.id for each in store.select() if scope.allows(each)] == ["ferry"]


def test_a_preview_names_the_newsroom_in_full_and_has_what_it_published(archive):
    found = preview(archive.searcher, Scope(newsroom="coa"))
    assert found.scope == Scope(newsroom="Coast")
    assert [each.id for each in found.releases] == ["ferry"]
    assert (found.until, found.matches, found.calibration) == (LAST, {}, None)


def test_a_preview_goes_back_for_so_many_days_from_the_newest_release(archive):
    searcher = archive.searcher
    all_of_it = preview(searcher, Scope()).releases
    assert {each.date for each in all_of_it} == {LAST}
    days = (LAST - date(2024, 3, 1)).days + 1
    since = preview(searcher, Scope(), days).releases
    assert min(each.date for each in since) == LAST - timedelta(days=days - 1)
    assert len(preview(searcher, Scope(), 10**9).releases) == len(RELEASES)  # one has no date


def test_a_preview_by_meaning_shows_what_matches(archive):
    found = preview(archive.searcher, Scope(question="anything about veterans' health"))
    assert [each.id for each in found.releases] == ["counselors"]
    assert "hospital for veterans" in found.matches["counselors"].text
    assert found.calibration.is_current(archive.index)
    nothing = preview(archive.searcher, Scope("Coast", question="anything about veterans' health"))
    assert nothing.releases == []


def test_what_is_no_newsroom_or_question_is_an_error(archive):
    with pytest.raises(UnknownNewsroom):
        preview(archive.searcher, Scope(newsroom="nobody"))
    with pytest.raises(BadQuestion, match="no subject"):
        preview(archive.searcher, Scope(question="anything about"))
