import numpy as np
import pytest

from retrieval.archive import Archive
from retrieval.standing import OutlierRule
from retrieval.training.archives import DATA
from retrieval.training.fit_standing import JudgedScores, judged_scores, quality
from retrieval.training.rows import read_rows
from tests.retrieval.conftest import write_releases

RELEASES = (
    {"id": "title", "title": "Ferry Fares", "text": "They rise.\n\nCommuters are upset."},
    {"id": "often", "title": "Notes", "text": "A ferry.\n\nThe ferry.\n\nTwo ferries.\n\nTrees."},
    {"id": "once", "title": "More Notes", "text": "A ferry.\n\nTrees.\n\nRoads.\n\nBridges."},
    {"id": "never", "title": "Trees", "text": "Four hundred oaks."},
)


@pytest.fixture(scope="module")
def searcher(encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitting")
    archive = Archive(folder / "data", encoder)
    archive.reindex([write_releases(folder / "releases.jsonl", RELEASES)])
    return archive.searcher


def judged(searcher, **judgment):
    (found,) = judged_scores(searcher, [{"question": "ferries", **judgment}])
    ids = {number: id for id, number in searcher.index.releases.ids().items()}
    return tuple(
        {ids[number] for number in np.flatnonzero(marked)}
        for marked in (found.about, found.related)
    )


def test_a_pattern_tells_what_a_release_is_about_and_what_it_mentions(searcher):
    about, related = judged(searcher, words="(?i)ferr(?:y|ies)")
    assert about == {"title", "often"}
    assert related == {"title", "often", "once"}


def test_judgments_count_where_the_archive_has_the_release(searcher):
    about, related = judged(searcher, about=["often", "elsewhere"], mentions=["once"])
    assert about == {"often"}
    assert related == {"often", "once"}


def test_a_match_is_right_if_related_and_missed_only_if_about():
    scores = np.array([0.9, 0.8, 0.7, 0.0, 0.0], dtype=np.float32)
    about = np.array([True, False, False, True, False])
    related = np.array([True, True, False, True, True])
    rule = OutlierRule(highest=0.5)
    found = quality(rule, [JudgedScores(scores, about, related)])
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == 0.5


def test_nothing_matched_of_nothing_is_right():
    nothing = np.zeros(3, dtype=np.bool_)
    found = quality(OutlierRule(), [JudgedScores(np.zeros(3, dtype=np.float32), nothing, nothing)])
    assert (found.precision, found.recall, found.mean_f1) == (1, 1, pytest.approx(1))


def test_every_question_of_the_fitting_is_judged():
    rows = read_rows(DATA / "standing.jsonl")
    assert len(rows) == len({row["question"] for row in rows}) == 52
    for row in rows:
        assert ("words" in row) != ("about" in row)
        assert not {*row.get("about", ())} & {*row.get("mentions", ())}
