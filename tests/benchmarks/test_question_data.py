"""The question files of the benchmarks: well-formed, and true of their releases."""

import gzip
import json
from collections import Counter

import pytest

from retrieval.evaluation.questions import FAR, NEAR, answer_span, read_questions, sort_of
from tests.benchmarks import companies, pairs, sample, standing
from tests.benchmarks.archives import read_rows
from tests.shared import shared


def test_the_sample_has_forty_questions_with_an_answer_and_twenty_without():
    questions = sample.read()
    sorts = Counter(sort_of(each.kind) for each in questions)
    assert sorts == {None: 40, NEAR: 14, FAR: 6}
    assert len({each.text for each in questions}) == 60
    assert all(bool(each.answer) == (sort_of(each.kind) is None) for each in questions)


def test_the_answers_stand_in_the_paragraphs_of_the_sample(seed_archive):
    store = seed_archive.index.releases
    (number,) = store.ids().values()
    paragraphs = store.paragraphs(number)
    for each in sample.read():
        if each.answer:
            assert answer_span(paragraphs[each.paragraph - 1], each.answer), each


def test_the_sample_counts_what_is_answered_right(seed_archive):
    questions = [each for each in sample.read() if each.kind in ("who", "far")][:4]
    asked = sample.ask(seed_archive, questions)
    assert [each.rank == 1 and each.answered for each in asked if each.question.answer]
    assert not any(each.answered or each.rank for each in asked if not each.question.answer)


def test_the_development_set_is_a_valid_question_file():
    questions = read_questions(companies.QUESTIONS)
    assert Counter(sort_of(each.kind) for each in questions) == {None: 130, NEAR: 85}
    for row in read_rows(companies.QUESTIONS):
        assert (row["answer"] is None) == ("nearest" in row) == (sort_of(row["kind"]) == NEAR)
        assert bool(row["previous"]) == row["kind"].endswith("follow-up")


def test_each_newsroom_has_five_pairs_of_which_one_has_no_answer():
    rows = read_rows(pairs.QUESTIONS)
    assert [*Counter(row["newsroom"] for row in rows).values()] == [5] * 10
    unanswered = Counter(row["newsroom"] for row in rows if row["answer"] is None)
    assert [*unanswered.values()] == [1] * 10
    assert all(row["named"] != row["unnamed"] for row in rows)


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("releases/companies.jsonl.gz", companies.QUESTIONS),
        ("releases/congress.jsonl.gz", pairs.QUESTIONS),
    ],
)
def test_the_answers_stand_in_their_releases(name, questions):
    answers = {row["release_id"]: [] for row in read_rows(questions) if row["release_id"]}
    for row in read_rows(questions):
        if row["release_id"]:
            answers[row["release_id"]].append(row["answer"])
    with gzip.open(shared(name), "rt", encoding="utf-8") as lines:
        for release in map(json.loads, lines):
            for answer in answers.pop(release["id"], ()):
                assert answer_span(release["text"], answer), answer
    assert not answers


def test_the_judgments_of_standing_questions_are_of_releases_of_the_judged_months():
    judgments = standing.read_judgments()
    assert len({each.id for each in judgments}) == len(judgments) == 22
    assert not any(each.about & each.mentions for each in judgments)
    judged = {id for each in judgments for id in each.about | each.mentions}
    with gzip.open(shared("releases/congress.jsonl.gz"), "rt", encoding="utf-8") as lines:
        dates = {row["id"]: row["date"] for row in map(json.loads, lines) if row["id"] in judged}
    assert dates.keys() == judged
    first, last = standing.MONTHS.since, standing.MONTHS.until
    assert all(first.isoformat() <= day <= last.isoformat() for day in dates.values())


def test_a_match_that_only_mentions_the_subject_is_right_and_need_not_be_found():
    (one, *_) = standing.read_judgments()
    found = standing.judge(one, frozenset([*one.mentions, *sorted(one.about)[:1], "elsewhere"]))
    assert found.right == found.matched - 1 == len(one.mentions) + 1
    assert (found.found, found.about) == (1, len(one.about))
