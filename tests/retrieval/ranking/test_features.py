from datetime import date

import numpy as np
import pytest

from retrieval.index.names import NamedParties
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.passages import Passage
from retrieval.query.understanding import ParsedQuery
from retrieval.question import Question
from retrieval.ranking.candidates import Candidate, ReleaseText
from retrieval.ranking.features import FEATURES, FeatureTable, feature_table
from retrieval.ranking.weights import FIRST_STAGE, RERANKED
from retrieval.release import ReleaseInfo
from retrieval.text.tokens import terms

TITLE = "Roe Introduces Bill to Lower Rail Fares"


def candidate(text, *, number=2, day=date(2024, 5, 2), before=(), release=0):
    info = ReleaseInfo(release, "r", TITLE, day, None, "roe.example", "Ann Roe", None, "r.txt")
    paragraphs = (*before, *["Another."] * (number - 1 - len(before)), text)
    found = frozenset(terms(f"{TITLE} Ann Roe {text}"))
    body = ReleaseText(lambda: paragraphs)
    passage = Passage(number, 0, len(text))
    return Candidate(info, passage, text, body, 0.6, 0.3, 0.5, found)


def asked(text, idf=None, **values):
    return ParsedQuery(Question("Anything?"), text, SpellingCorrection(text), idf or {}, **values)


def value(name, query, found, others=()):
    table = feature_table(query, [found, *others])
    assert len(table) == 1 + len(others)
    return table.row(0)[name]


def test_a_table_has_a_column_for_each_feature_and_a_row_for_each_candidate():
    assert len(feature_table(asked("Why?"), [])) == 0
    table = feature_table(asked("Why?"), [candidate("It is.")])
    assert table.columns.keys() == FEATURES.keys()
    assert {column.dtype for column in table.columns.values()} == {np.dtype(np.float32)}


def test_weights_and_features_have_the_same_names():
    assert FIRST_STAGE.keys() == FEATURES.keys()
    assert RERANKED.keys() == FEATURES.keys() | {"reranker", "answers"}


def test_no_order_of_features_or_weights_changes_a_score():
    chance = np.random.default_rng(4)
    columns = {name: chance.normal(size=5).astype(np.float32) for name in FEATURES}
    scores = FeatureTable(columns).weighted_sum(FIRST_STAGE)
    for _ in range(10):
        names, others = chance.permutation([*FEATURES]), chance.permutation([*FEATURES])
        shuffled = FeatureTable({name: columns[name] for name in names})
        weights = {name: FIRST_STAGE[name] for name in others}
        np.testing.assert_array_equal(shuffled.weighted_sum(weights), scores)


@pytest.mark.parametrize(
    "weights", [{"a": 1.0}, {"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 1.0, "c": 1}]
)
def test_a_feature_without_a_weight_is_an_error_and_so_is_the_reverse(weights):
    table = FeatureTable({name: np.ones(2, dtype=np.float32) for name in ("a", "b")})
    with pytest.raises(ValueError, match="differ in"):
        table.weighted_sum(weights)


@pytest.mark.parametrize(
    ("question", "name", "with_it", "without"),
    [
        ("How much is it?", "number", "It costs $5.", "It costs a lot."),
        ("What did Roe say?", "quotation", "“It is late,” said Roe.", "The bill is long."),
        ("What did Roe say?", "speaker", "“It is late,” said Rep. Roe.", "“Ha,” said Mr. Poe."),
    ],
)
def test_an_answer_of_the_expected_type_counts(question, name, with_it, without):
    assert value(name, asked(question), candidate(with_it)) == 1
    assert value(name, asked(question), candidate(without)) == -1
    assert value(name, asked("Trains?"), candidate(with_it)) == 0


def test_a_quotation_that_goes_on_is_still_the_speakers():
    found = candidate("“We must act.”", before=("“It is late,” said Ann Roe.",))
    assert value("speaker", asked("What did Roe say?"), found) == 1


def test_what_the_title_holds_is_told_from_what_the_paragraph_adds():
    idf = {"fare": 1.0, "cap": 3.0}
    assert value("beyond", asked("?", idf), candidate("Fares.")) == 0
    assert value("beyond", asked("?", idf), candidate("A cap.")) == 1


def test_whoever_is_named_is_preferred():
    for named in (
        NamedParties(frozenset({"Ann Roe"})),
        NamedParties(newsrooms=frozenset({"roe.example"})),
    ):
        assert value("named", asked("?", named=named), candidate("It is.")) == 1
    assert value("named", asked("?"), candidate("It is.")) == 0


def test_the_latest_is_preferred_only_where_it_is_asked_for():
    old, new = candidate("It is.", day=date(2020, 1, 1)), candidate("It is.", release=1)
    latest = asked("?", latest=True)
    assert value("recency", latest, new, [old]) == 1
    assert value("recency", latest, old, [new]) == 0
    assert value("recency", latest, candidate("It is.", day=None), [old, new]) == 0
    assert value("recency", asked("?"), new, [old]) == 0


def test_the_releases_of_the_question_before_are_preferred_by_rank():
    found = candidate("It is.", release=7)
    assert value("cited", asked("?", context={7: 2}), found) == 0.5
    assert value("cited", asked("?", context={8: 1}), found) == 0
