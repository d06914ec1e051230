from dataclasses import replace
from datetime import date

import pytest

from embeddings.reranker import TextReading
from retrieval.passages import Passage
from retrieval.query.understanding import asks_for_latest
from retrieval.ranking.candidates import Candidate, ReleaseText
from retrieval.ranking.hits import Hit
from retrieval.ranking.latest import latest_first
from retrieval.release import ReleaseInfo


def hit(number: int, day: date | None, answers: float | None) -> Hit:
    release = ReleaseInfo(
        number, f"r{number}", f"Release {number}", day, None, None, None, None, ""
    )
    candidate = Candidate(
        release=release,
        passage=Passage(1, 0, 4),
        paragraph="Text",
        body=ReleaseText(lambda: ["Text"]),
        cosine=0.5,
        bm25=0.5,
        release_best=0.5,
        terms=frozenset(),
    )
    reading = None if answers is None else TextReading(answers, answers)
    return Hit(candidate, {}, 1.0, reading, 1.0)


def numbers(hits) -> list[int]:
    return [each.candidate.release.number for each in hits]


OLD = hit(1, date(2018, 5, 1), 5.0)
NEW = hit(2, date(2025, 5, 1), 4.0)
NEWEST_BUT_BESIDE_IT = hit(3, date(2026, 5, 1), -2.0)
UNDATED = hit(4, None, 4.5)


def test_the_newest_that_answers_comes_first_and_not_the_surest():
    assert numbers(latest_first([OLD, NEW])) == [2, 1]


def test_what_does_not_answer_stays_below_however_new_it_is():
    assert numbers(latest_first([OLD, NEWEST_BUT_BESIDE_IT, NEW])) == [2, 1, 3]


def test_a_passage_far_less_sure_than_the_surest_does_not_count_as_an_answer():
    unsure = hit(5, date(2026, 1, 1), 0.5)
    assert numbers(latest_first([OLD, unsure])) == [1, 5]


def test_undated_releases_follow_the_dated():
    assert numbers(latest_first([UNDATED, OLD])) == [1, 4]


def test_hits_of_one_release_keep_their_order():
    first, second = OLD, replace(OLD, score=0.5)
    assert latest_first([first, second]) == [first, second]


def test_without_a_reader_that_tells_what_answers_nothing_changes():
    unread = [hit(1, date(2018, 5, 1), None), hit(2, date(2025, 5, 1), None)]
    assert latest_first(unread) == unread
    assert latest_first([]) == []


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("what's the latest on the bridge", True),
        ("Who chairs the committee now?", True),
        ("how much is the fee currently", True),
        ("what is now the fee", True),
        ("¿Cuál es la última noticia?", True),
        ("When is it due at the latest?", False),
        ("Now that the bill passed, who signs it?", False),
        ("What did Know Now say?", False),
    ],
)
def test_the_newest_is_asked_for_in_these_words(text, latest):
    assert asks_for_latest(text) is latest
