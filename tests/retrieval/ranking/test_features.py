from datetime import date

import numpy as np
import pytest

from retrieval.index.names import NamedParties
from retrieval.passages import Passage
from retrieval.query.understanding import QuestionHints
from retrieval.ranking.candidates import Candidate, ReleaseText
from retrieval.ranking.features import FEATURES, Asked, evidence
from retrieval.release import ReleaseInfo
from retrieval.text.tokens import terms

TITLE = "Roe Introduces Bill to Lower Rail Fares"


def candidate(text, *, number=2, day=date(2024, 5, 2), before=(), repeats=1, release=0):
    info = ReleaseInfo(release, "r", TITLE, day, None, "roe.example", "Ann Roe", None, "r.txt")
    paragraphs = (*before, *["Another."] * (number - 1 - len(before)), text)
    held = frozenset(terms(f"{TITLE} Ann Roe {text}"))
    body = ReleaseText(lambda: paragraphs)
    passage = Passage(number, 0, len(text))
    return Candidate(0, info, number, text, text, body, 0.6, 0.3, 0.5, repeats, held, passage)


def asked(text, weights=None, reading=None, cited=None):
    return Asked(text, weights or {}, reading or QuestionHints(), cited or {})


def value(name, question, found, others=()):
    rows = evidence(question, [found, *others])
    assert rows.shape == (1 + len(others), len(FEATURES))
    return rows[0, FEATURES.index(name)]


def test_each_candidate_has_a_row_and_none_has_none():
    assert evidence(asked("Why?"), []).shape == (0, len(FEATURES))
    assert evidence(asked("Why?"), [candidate("It is.")]).dtype == np.float32


@pytest.mark.parametrize(
    ("question", "name", "with_it", "without"),
    [
        ("How much is it?", "number", "It costs $5.", "It costs a lot."),
        ("When does it begin?", "time", "It begins in May.", "It begins soon."),
        ("What did Roe say?", "quotation", "“It is late,” said Roe.", "The bill is long."),
        ("Why a bill?", "reason", "Because fares rose.", "Fares rose."),
        ("What did Roe say?", "speaker", "“It is late,” said Rep. Roe.", "“Ha,” said Mr. Poe."),
    ],
)
def test_an_answer_of_the_kind_that_is_wanted_counts(question, name, with_it, without):
    assert value(name, asked(question), candidate(with_it)) == 1
    assert value(name, asked(question), candidate(without)) == -1
    assert value(name, asked("Trains?"), candidate(with_it)) == 0


def test_a_quotation_that_goes_on_is_still_the_speakers():
    found = candidate("“We must act.”", before=("“It is late,” said Ann Roe.",))
    assert value("speaker", asked("What did Roe say?"), found) == 1


def test_what_the_title_holds_is_told_from_what_the_paragraph_adds():
    weights = {"fare": 1.0, "cap": 3.0}
    assert value("beyond", asked("?", weights), candidate("Fares.")) == 0
    assert value("beyond", asked("?", weights), candidate("A cap.")) == 1


def test_whoever_is_named_is_preferred():
    for named in (
        NamedParties(frozenset({"Ann Roe"})),
        NamedParties(newsrooms=frozenset({"roe.example"})),
    ):
        assert (
            value("named", asked("?", reading=QuestionHints(named=named)), candidate("It is.")) == 1
        )
    assert value("named", asked("?"), candidate("It is.")) == 0


def test_the_latest_is_preferred_only_where_it_is_asked_for():
    old, new = candidate("It is.", day=date(2020, 1, 1)), candidate("It is.", release=1)
    latest = asked("?", reading=QuestionHints(latest=True))
    assert value("recency", latest, new, [old]) == 1
    assert value("recency", latest, old, [new]) == 0
    assert value("recency", latest, candidate("It is.", day=None), [old, new]) == 0
    assert value("recency", asked("?"), new, [old]) == 0


def test_the_releases_of_the_question_before_are_preferred_by_rank():
    found = candidate("It is.", release=7)
    assert value("cited", asked("?", cited={7: 2}), found) == 0.5
    assert value("cited", asked("?", cited={8: 1}), found) == 0


def test_how_often_a_paragraph_stands_counts():
    assert value("repeats", asked("?"), candidate("It is.", repeats=1)) == 0
    assert value("repeats", asked("?"), candidate("It is.", repeats=9)) > 2
