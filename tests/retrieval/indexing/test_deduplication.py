from dataclasses import replace
from datetime import date

from retrieval.content import exact_digest
from retrieval.indexing.deduplication import content_digests, distinct_releases
from retrieval.release import AttachedDocument, Place, Release

LONG = tuple(
    f"Paragraph {n} of a statement that several newsrooms published word for word."
    for n in range(6)
)
FIRST = Release(
    id="a", title="Joint Statement", paragraphs=LONG, newsroom="one.example", source="a.txt"
)
SECOND = Release(
    id="b",
    title="Roe and Poe Issue a Joint Statement",
    paragraphs=LONG,
    date=date(2025, 3, 1),
    url="https://two.example/b",
    newsroom="two.example",
    source="b.txt",
)


def test_one_text_at_two_addresses_is_one_release():
    (found,) = distinct_releases([FIRST, SECOND])
    assert found.copies == (FIRST, SECOND)
    assert found.release == replace(FIRST, date=SECOND.date, url=SECOND.url)


def test_the_date_and_url_of_the_first_copy_are_kept():
    (found,) = distinct_releases([SECOND, replace(FIRST, date=date(2025, 2, 27))])
    assert found.release == SECOND


def test_a_release_is_gone_only_where_all_of_its_copies_are():
    here = replace(FIRST, url="https://one.example/a")
    gone = replace(here, gone=date(2026, 5, 3))
    assert distinct_releases([gone])[0].release == gone
    (found,) = distinct_releases([gone, SECOND])
    assert (found.release.gone, found.release.url) == (None, SECOND.url)
    (found,) = distinct_releases([here, replace(SECOND, gone=date(2026, 5, 3))])
    assert (found.release.gone, found.release.url) == (None, here.url)
    (found,) = distinct_releases([gone, replace(SECOND, gone=date(2026, 6, 1))])
    assert (found.release.gone, found.release.url) == (date(2026, 6, 1), here.url)


def test_a_text_that_comes_again_months_later_is_another_release():
    monthly = [replace(SECOND, id=str(month), date=date(2025, month, 1)) for month in (1, 2, 3)]
    assert [each.release.id for each in distinct_releases(monthly)] == ["1", "2", "3"]


def test_an_undated_copy_does_not_join_releases_of_different_years():
    years = [replace(FIRST, id=str(year), date=date(year, 3, 1)) for year in (2020, 2024)]
    for read in ([FIRST, *years], [years[0], FIRST, years[1]], [*years, FIRST]):
        found = distinct_releases(read)
        assert [each.release.date for each in found] == [each.date for each in years]


def test_copies_are_one_release_whichever_of_them_has_the_attachment():
    letter = Place(1, AttachedDocument("letter.pdf"))
    places = (*[Place()] * len(LONG), letter)
    attached = replace(SECOND, paragraphs=(*LONG, "Dear Secretary Poe, the quay is rotten."))
    attached = replace(attached, places=places)
    for read in ([FIRST, attached], [attached, FIRST]):
        (found,) = distinct_releases(read)
        assert (found.release.id, found.release.places) == (read[0].id, places)
        assert found.release.paragraphs == attached.paragraphs
        assert found.exact == exact_digest(found.release)


def test_what_is_attached_is_not_the_same_as_what_is_in_the_text():
    places = (*[Place()] * (len(LONG) - 1), Place(1, AttachedDocument("letter.pdf")))
    attached = replace(SECOND, places=places)
    assert exact_digest(attached) != exact_digest(SECOND)
    assert len(distinct_releases([FIRST, attached])) == 2


def test_case_punctuation_and_spacing_do_not_make_another_release():
    typed = replace(
        SECOND, paragraphs=(" ".join(LONG).upper().replace(".", " …"),), title="JOINT STATEMENT"
    )
    assert len(distinct_releases([FIRST, typed])) == 1


def test_another_word_makes_another_release():
    changed = replace(SECOND, paragraphs=(*LONG[:-1], f"{LONG[-1]} Not."))
    assert len(distinct_releases([FIRST, changed])) == 2


def test_short_texts_are_told_apart_by_their_titles():
    watch = Release(id="1", title="Roe on the Budget", paragraphs=("Watch it here.",))
    other = replace(watch, id="2", title="Roe on the Flood")
    again = replace(watch, id="3", title="ROE on the budget")
    assert [len(each.copies) for each in distinct_releases([watch, other, again])] == [2, 1]


def test_releases_are_oldest_first_and_undated_last_in_whatever_order_they_are_read():
    days = {
        "c": date(2025, 1, 1),
        "a": None,
        "b": date(2024, 1, 1),
        "d": date(2025, 1, 1),
        "e": None,
    }
    releases = [Release(id=id, title=id, paragraphs=(id,), date=day) for id, day in days.items()]
    for order in (releases, releases[::-1]):
        assert [each.release.id for each in distinct_releases(order)] == ["b", "c", "d", "a", "e"]


def test_a_digest_changes_with_all_that_is_stored_but_the_source():
    (plain,) = distinct_releases([FIRST])
    for change in (
        {"title": "Another"},
        {"paragraphs": LONG[:-1]},
        {"paragraphs": (*LONG[:-2], " ".join(LONG[-2:]))},
        {"date": date(2025, 1, 1)},
        {"url": "https://x.example"},
        {"newsroom": "x"},
        {"author": "x"},
        {"dateline": "x"},
        {"gone": date(2026, 5, 3)},
    ):
        assert distinct_releases([replace(FIRST, **change)])[0].digest != plain.digest, change
    assert distinct_releases([replace(FIRST, source="moved.txt")])[0].digest == plain.digest
    assert distinct_releases([FIRST, SECOND])[0].digest != plain.digest
    assert distinct_releases([replace(FIRST)])[0].digest == plain.digest


def test_copies_have_equal_normalized_digests_whatever_their_case_and_title():
    release = Release("1", "Bridge Opens", ("The bridge opened on Monday. " * 10, "It is open."))
    shown = replace(release, title="News", paragraphs=tuple(map(str.upper, release.paragraphs)))
    assert content_digests(release).normalized == content_digests(shown).normalized
    assert content_digests(release).exact != content_digests(shown).exact
    other = replace(release, paragraphs=release.paragraphs[:1])
    assert content_digests(other).normalized != content_digests(release).normalized


def test_the_normalized_digest_of_a_short_text_depends_on_its_title():
    release = Release("1", "Bridge Opens", ("Watch it here.",))
    shouted, other = replace(release, title="BRIDGE opens!"), replace(release, title="Ferry Opens")
    assert content_digests(release).normalized == content_digests(shouted).normalized
    assert content_digests(release).normalized != content_digests(other).normalized
