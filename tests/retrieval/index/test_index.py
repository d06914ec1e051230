from datetime import date

import numpy as np
import pytest

from retrieval.index.index import open_index
from retrieval.indexing.build import build_index
from retrieval.release import Filter
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases

LONG = " ".join(f"Village {n} will get part {n} of the money." for n in range(60))
ROWS = [
    {"id": "fares", "title": "Fares", "date": "2024-05-01", "text": "Ferry fares are frozen now."},
    {
        "id": "plan",
        "title": "The Village Plan",
        "date": "2024-06-01",
        "text": f"The plan would:\n\nPay for 12 wells\n\n{LONG}\n\nFerry fares are frozen too.",
    },
    {"id": "undated", "title": "Wells", "text": "Dug by José’s crew: 12 wells."},
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    build_index(folder / "data", [write_releases(folder / "r.jsonl", ROWS)], HashingEncoder())
    return open_index(folder / "data")


def test_a_row_is_located_by_release_paragraph_and_span(index):
    rows = np.arange(len(index.passages))
    located = index.located(rows)
    assert [release for release, _ in located] == index.release_of.tolist()
    texts = list(index.texts())
    for (release, passage), text in zip(located, texts, strict=True):
        assert passage.text(index.releases.paragraphs(release)) == text
    assert index.located(rows[[3, 1]]) == [located[3], located[1]]
    assert index.located(rows[:0]) == []


def test_the_rows_of_a_release_are_its_passages_in_order(index):
    plan = index.releases.find("plan").number
    passages = [passage for _, passage in index.located(index.rows_of(plan))]
    paragraphs = index.releases.paragraphs(plan)
    assert [each.paragraph for each in passages] == [2, *[3] * (len(passages) - 2), 4]
    assert " ".join(each.text(paragraphs) for each in passages[1:-1]) == LONG
    assert passages[0].heading(paragraphs) == "The plan would:"


@pytest.mark.parametrize(
    ("allowed", "phrases", "ids"),
    [
        (Filter(), ["ferry fares"], ["fares", "plan"]),
        (Filter(), ["FERRY FARES", "are frozen"], ["fares", "plan"]),
        (Filter(), ["ferry fares", "frozen too"], ["plan"]),
        (Filter(), ["ferry fares", "12 wells"], []),
        (Filter(), ["jose's crew"], ["undated"]),
        (Filter(since=date(2024, 5, 2)), ["ferry fares"], ["plan"]),
        (Filter(since=date(2024, 5, 2)), ["12 wells"], ["plan"]),
        (Filter(since=date(2024, 5, 2), undated=True), ["12 wells"], ["plan", "undated"]),
        (Filter(since=date(2024, 7, 1)), [], []),
        (Filter(), ["?"], []),
    ],
)
def test_rows_are_allowed_by_filter_and_phrases_together(index, allowed, phrases, ids):
    mask = index.allowed_rows(allowed, phrases)
    assert (mask.shape, mask.dtype) == ((len(index.passages),), np.bool_)
    releases = dict.fromkeys(index.release_of[mask].tolist())
    assert [index.releases.by_number([number])[number].id for number in releases] == ids


def test_all_passages_of_a_paragraph_that_holds_a_phrase_are_allowed(index):
    rows = np.flatnonzero(index.allowed_rows(Filter(), ["Village 59 will"]))
    assert len(rows) > 2
    assert {passage.paragraph for _, passage in index.located(rows)} == {3}
    # Between two passages, too.
    (_, first), (_, second) = index.located(rows[:2])
    across = [*LONG[: first.end].split()[-2:], *LONG[second.start :].split()[:2]]
    assert index.allowed_rows(Filter(), [" ".join(across)])[rows].all()


def test_without_filter_and_phrases_all_rows_are_allowed(index):
    assert index.allowed_rows(Filter()) is None
    assert index.allowed_rows(Filter(undated=True), []) is None


ABOUT = "The Harbour Board of Lindow has looked after the quay since 1893."


def test_what_recurs_is_found_only_by_those_who_quote_it_and_stays_in_the_release(tmp_path):
    rows = [
        {
            "id": f"{month}",
            "title": f"Part {month}",
            "date": f"2024-{month:02}-05",
            "url": f"https://lindow.example/{month}",
            "text": f"Part {month} of the quay is rebuilt in oak.\n\n{ABOUT}",
        }
        for month in range(1, 13)
    ]
    build_index(tmp_path / "data", [write_releases(tmp_path / "r.jsonl", rows)], HashingEncoder())
    index = open_index(tmp_path / "data")
    paragraphs = [passage.paragraph for _, passage in index.located(np.arange(24))]
    assert paragraphs == [1, 2] * 12
    assert index.allowed_rows(Filter()).tolist() == [True, False] * 12
    may = index.allowed_rows(Filter(since=date(2024, 12, 1)))
    assert np.flatnonzero(may).tolist() == [22]
    assert index.allowed_rows(Filter(), ["since 1893"]).tolist() == [False, True] * 12
    assert index.releases.paragraphs(0)[1] == ABOUT


def test_there_may_be_many_phrases(index):
    phrases = [f"ferry {n}" for n in range(1000)]
    assert not index.allowed_rows(Filter(), phrases).any()
