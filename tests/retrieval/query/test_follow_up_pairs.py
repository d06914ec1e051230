"""Written follow-ups over real releases, in `follow_ups.jsonl`, and how often they are answered.

A line has the question before it, the follow-up, and the paragraphs that answer it by the id of
their release. The kinds: a *time*, a *name* or another *subject* is replaced; the subject is
*missing* from a sentence; an *elliptic* question is no sentence; and *alone* are those that look
like follow-ups and are none. The rules were written with the development half in view.
"""

import gzip
import json
from pathlib import Path

import pytest

from retrieval.archive import Archive
from retrieval.question import Question
from tests.retrieval.conftest import write_releases
from tests.shared import shared

PAIRS = [
    json.loads(line)
    for line in Path(__file__).with_name("follow_ups.jsonl").read_text("utf-8").splitlines()
]
SPLITS = ("development", "validation")
NEWSROOMS = {
    "norcross.house.gov",
    "lofgren.house.gov",
    "www.hoeven.senate.gov",
    "www.duckworth.senate.gov",
    "www.bennet.senate.gov",
    "www.fischer.senate.gov",
}
OTHERS = 80  # one release of these newsrooms in so many is searched as well


@pytest.fixture(scope="module")
def archive(encoder, reranker, tmp_path_factory):
    """An archive of the releases that answer, and of some others."""
    folder = tmp_path_factory.mktemp("follow_ups")
    needed = {id for pair in PAIRS for id in pair["answers"]}
    chosen, others = [], 0
    for name in ("congress", "companies"):
        with gzip.open(shared(f"releases/{name}.jsonl.gz"), "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                others += row.get("domain") in NEWSROOMS
                if row["id"] in needed or (row.get("domain") in NEWSROOMS and others % OTHERS == 0):
                    chosen.append(row)
    archive = Archive(folder / "data", encoder, reranker)
    archive.reindex([write_releases(folder / "releases.jsonl", chosen)])
    return archive


def found(archive, pair, depth):
    """Whether one of the first passages is one that answers."""
    answer = archive.ask(Question(pair["question"], previous=pair["previous"], limit=depth))
    return any(
        passage.paragraph in pair["answers"].get(release.id, ())
        for passage in answer.passages
        for release in (passage.release, *passage.also)
    )


def test_each_half_has_pairs_of_all_kinds():
    assert len(PAIRS) >= 60
    for split in SPLITS:
        kinds = [pair["kind"] for pair in PAIRS if pair["split"] == split]
        assert {*kinds} == {"time", "name", "subject", "missing", "elliptic", "alone"}


@pytest.mark.parametrize("split", SPLITS)
def test_most_follow_ups_find_their_paragraph(archive, split):
    pairs = [pair for pair in PAIRS if pair["split"] == split and pair["kind"] != "alone"]
    hits = [found(archive, pair, 3) for pair in pairs]
    assert sum(hits) / len(hits) >= 0.8


def test_a_question_that_stands_alone_has_the_same_answer_after_another_one(archive):
    for pair in PAIRS:
        if pair["kind"] == "alone":
            alone = archive.ask(Question(pair["question"]))
            after = archive.ask(Question(pair["question"], previous=pair["previous"]))
            assert (after.passages, after.confidence) == (alone.passages, alone.confidence)
