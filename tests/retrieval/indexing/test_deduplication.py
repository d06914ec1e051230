from dataclasses import replace
from datetime import date

from retrieval.indexing.deduplication import editions
from retrieval.release import Release

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
    (edition,) = editions([FIRST, SECOND])
    assert edition.copies == (FIRST, SECOND)
    assert edition.release == replace(FIRST, date=SECOND.date, url=SECOND.url)


def test_what_the_first_one_says_of_itself_stays():
    (edition,) = editions([SECOND, replace(FIRST, date=date(2025, 2, 27))])
    assert edition.release == SECOND


def test_a_text_that_comes_again_months_later_is_another_release():
    monthly = [replace(SECOND, id=str(month), date=date(2025, month, 1)) for month in (1, 2, 3)]
    assert [each.release.id for each in editions(monthly)] == ["1", "2", "3"]


def test_case_punctuation_and_spacing_make_no_other_text():
    typed = replace(
        SECOND, paragraphs=(" ".join(LONG).upper().replace(".", " …"),), title="JOINT STATEMENT"
    )
    assert len(editions([FIRST, typed])) == 1


def test_another_word_makes_another_text():
    changed = replace(SECOND, paragraphs=(*LONG[:-1], f"{LONG[-1]} Not."))
    assert len(editions([FIRST, changed])) == 2


def test_short_texts_are_told_apart_by_their_titles():
    watch = Release(id="1", title="Roe on the Budget", paragraphs=("Watch it here.",))
    other = replace(watch, id="2", title="Roe on the Flood")
    again = replace(watch, id="3", title="ROE on the budget")
    assert [len(each.copies) for each in editions([watch, other, again])] == [2, 1]


def test_oldest_first_and_undated_last_in_an_order_of_their_own():
    days = {
        "c": date(2025, 1, 1),
        "a": None,
        "b": date(2024, 1, 1),
        "d": date(2025, 1, 1),
        "e": None,
    }
    releases = [Release(id=id, title=id, paragraphs=(id,), date=day) for id, day in days.items()]
    for order in (releases, releases[::-1]):
        assert [each.release.id for each in editions(order)] == ["b", "c", "d", "a", "e"]


def test_a_digest_changes_with_all_that_is_kept_but_the_place_where_it_was_read():
    (plain,) = editions([FIRST])
    for change in (
        {"title": "Another"},
        {"paragraphs": LONG[:-1]},
        {"paragraphs": (*LONG[:-2], " ".join(LONG[-2:]))},
        {"date": date(2025, 1, 1)},
        {"url": "https://x.example"},
        {"newsroom": "x"},
        {"author": "x"},
        {"dateline": "x"},
    ):
        assert editions([replace(FIRST, **change)])[0].digest != plain.digest, change
    assert editions([replace(FIRST, source="moved.txt")])[0].digest == plain.digest
    assert editions([FIRST, SECOND])[0].digest != plain.digest
    assert editions([replace(FIRST)])[0].digest == plain.digest
