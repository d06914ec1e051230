"""Evaluations of a small real archive, compared with metrics computed independently."""

import json
import statistics

import pytest

from retrieval.archive import Archive
from retrieval.errors import BadQuestionFile, IndexReplaced
from retrieval.evaluation.evaluate import Ranks, evaluate, ranks_of
from retrieval.evaluation.metrics import auroc
from retrieval.indexing.build import build_index
from retrieval.question import Question
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases


def entry(id, question, answer, release, kind="fact", **more):
    row = {"id": id, "kind": kind, "question": question, "answer": answer, "release_id": release}
    return row | more


ANSWERABLE = [
    entry("cost", "How much did the bridge cost?", "$48 million", "bridge"),
    entry("closed", "And how long was it closed?", "fourteen months", "bridge", previous="cost"),
    entry("hours", "When are the libraries open on Sundays?", "from noon to five", "library"),
    entry("price", "What did Ines Vale say?", "The price stays as it is", "ferry", kind="quote"),
    entry("seals", "harbor", "low tide", "undated", kind="quote"),
]
# The labelled paragraph is not the one that answers best, so that some rank is above 1.
BESIDE = entry("beside", "How much did the bridge cost?", "belongs to the people", "bridge")
UNANSWERABLE = [
    entry("near", "Who designed the bridge?", None, None, kind="near"),
    entry("far", "Who won the chess world cup?", None, None, kind="far"),
]


@pytest.fixture
def evaluated(newsrooms_archive, tmp_path):
    def call(rows, **options):
        path = write_releases(tmp_path / "questions.jsonl", rows)
        return evaluate(newsrooms_archive, path, **options)

    return call


def expected_ranks(archive, row, rows):
    """The ranks of the relevant paragraph and release, found by text and release id."""
    before = next((each["question"] for each in rows if each["id"] == row.get("previous")), None)
    answer = archive.ask(Question(row["question"], previous=before, limit=100))
    relevant = [
        each.release.id == row["release_id"] and row["answer"] in each.text
        for each in answer.passages
    ]
    releases = list(dict.fromkeys(each.release.id for each in answer.passages))
    return relevant.index(True) + 1, releases.index(row["release_id"]) + 1


def test_ranking_metrics_agree_with_independent_counts(evaluated, newsrooms_archive):
    rows = [*ANSWERABLE, BESIDE]
    found = evaluated(rows + UNANSWERABLE)
    ranks = [expected_ranks(newsrooms_archive, row, rows) for row in rows]
    assert max(rank for rank, _ in ranks) > 1  # else any count of hits would do
    assert [(each.ranks.paragraph, each.ranks.release) for each in found.outcomes[:6]] == ranks
    quality = found.quality
    assert (quality.name, quality.questions) == ("Verbatim", 6)
    assert quality.mrr.value == pytest.approx(statistics.mean(1 / rank for rank, _ in ranks))
    for k, hit in quality.hits.items():
        assert hit.value == pytest.approx(sum(rank <= k for rank, _ in ranks) / 6)
    for k, hit in quality.releases.items():
        assert hit.value == pytest.approx(sum(rank <= k for _, rank in ranks) / 6)
    assert list(quality.hits) == [1, 3, 5, 10]
    assert list(quality.releases) == [1, 3]
    assert quality.mrr.low <= quality.mrr.value <= quality.mrr.high
    assert found.generation == "g000001"
    assert found.comparisons == ()
    assert found.milliseconds > 0


def test_each_kind_of_question_has_its_own_metrics(evaluated):
    found = evaluated(ANSWERABLE + UNANSWERABLE)
    assert [(each.name, each.questions) for each in found.kinds] == [("fact", 3), ("quote", 2)]
    whole = sum(each.mrr.value * each.questions for each in found.kinds) / 5
    assert whole == pytest.approx(found.quality.mrr.value)


def test_a_follow_up_is_asked_with_its_previous_question(evaluated):
    alone = entry("closed", "And how long was it?", "fourteen months", "bridge")
    follow = alone | {"id": "follow", "previous": "How much did the bridge cost?"}
    alone, follow = evaluated([alone, follow]).outcomes
    assert follow.ranks.paragraph == 1
    assert follow.confidence > alone.confidence


def test_dates_restrict_the_search(evaluated):
    after = ANSWERABLE[0] | {"id": "after", "since": "2025-01-01"}
    during = ANSWERABLE[0] | {"id": "during", "since": "2024-03-01", "until": "2024-03-31"}
    after, during = evaluated([after, during]).outcomes
    assert after.ranks == Ranks(None, None, 0.0)
    assert during.ranks.paragraph == 1


def test_decision_rates_agree_with_independent_counts(evaluated):
    found = evaluated(ANSWERABLE + UNANSWERABLE)
    answerable = [each for each in found.outcomes if each.ranks]
    near, far = found.outcomes[5:]
    abstention = found.abstention
    assert (near.ranks, near.highlighted) == (None, None)
    assert abstention.answered.current.value == pytest.approx(
        statistics.mean(each.answered for each in answerable)
    )
    # 90 % of five is all five.
    assert abstention.threshold == min(each.confidence for each in answerable)
    assert abstention.answered.at_ninety.value == 1
    refused = {each.kind: each for each in abstention.refused}
    assert set(refused) == {"near", "far"}
    assert refused["far"].questions == 1
    for outcome in (near, far):
        rate = refused[outcome.kind]
        assert rate.current.value == (not outcome.answered)
        assert rate.at_ninety.value == (outcome.confidence < abstention.threshold)
    assert refused["far"].current.value == 1
    wins = [
        (one.confidence > other.confidence) + 0.5 * (one.confidence == other.confidence)
        for one in answerable
        for other in (near, far)
    ]
    assert abstention.auroc.value == pytest.approx(statistics.mean(wins))


def test_near_and_far_questions_are_told_apart_over_all_their_kinds(evaluated):
    who = entry("who", "Who paid for the ferry?", None, None, kind="near-who")
    other = entry("other", "Who sank the ferry?", None, None, kind="trap")
    found = evaluated([*ANSWERABLE, *UNANSWERABLE, who, other])
    confidence = {each.id: each.confidence for each in found.outcomes}
    known = [confidence[row["id"]] for row in ANSWERABLE]
    near, far = found.abstention.sorts
    assert (near.rate.kind, near.rate.questions) == ("near", 2)
    assert (far.rate.kind, far.rate.questions) == ("far", 1)
    assert near.auroc.value == auroc(known, [confidence["near"], confidence["who"]])
    assert far.auroc.value == auroc(known, [confidence["far"]])
    kinds = {each.kind for each in found.abstention.refused}
    assert kinds == {"near", "near-who", "far", "trap"}
    alone = evaluated([who]).abstention.sorts
    assert [(each.rate.kind, each.auroc) for each in alone] == [("near", None)]


def test_the_archives_own_threshold_decides(newsrooms_archive, tmp_path):
    path = write_releases(tmp_path / "questions.jsonl", ANSWERABLE + UNANSWERABLE)
    strict = Archive(newsrooms_archive.data, newsrooms_archive.encoder, threshold=1.0)
    found = evaluate(strict, path).abstention
    assert found.answered.current.value == 0
    assert [each.current.value for each in found.refused] == [1, 1]
    assert found.answered.at_ninety.value == 1


def test_the_highlight_is_on_the_answer_or_not(evaluated):
    on = ANSWERABLE[0]
    off = on | {"id": "off", "answer": "the flood of 2022"}  # in the sentence after
    over = on | {"id": "over", "answer": "31,000 vehicles a day. It was closed"}
    gone = on | {"id": "gone", "since": "2025-01-01"}
    found = evaluated([on, off, over, gone])
    assert [each.highlighted for each in found.outcomes] == [True, False, True, None]
    assert found.highlight.value == pytest.approx(2 / 3)


def test_nothing_answerable(evaluated):
    found = evaluated(UNANSWERABLE, baselines=True)
    assert (found.quality, found.kinds, found.comparisons, found.highlight) == (None, (), (), None)
    abstention = found.abstention
    assert (abstention.auroc, abstention.threshold, abstention.answered) == (None, None, None)
    assert [(each.kind, each.at_ninety) for each in abstention.refused] == [
        ("near", None),
        ("far", None),
    ]


def test_there_is_no_auroc_without_unanswerable_questions(evaluated):
    found = evaluated(ANSWERABLE)
    assert found.abstention.auroc is None
    assert found.abstention.refused == ()
    assert found.abstention.answered.questions == 5


def test_questions_whose_answer_is_not_in_the_index_are_skipped(evaluated):
    skipped = ANSWERABLE[0] | {"id": "skipped", "release_id": "nobody"}
    found = evaluated([*ANSWERABLE, skipped])
    assert [each.id for each in found.lost] == ["skipped"]
    assert found.quality == evaluated(ANSWERABLE).quality
    with pytest.raises(BadQuestionFile, match="none of its answers is in the index"):
        evaluated([skipped])


def test_baselines_are_measured_on_the_same_questions(evaluated):
    found = evaluated(ANSWERABLE + UNANSWERABLE, baselines=True)
    assert len(found.comparisons) == 7
    for each in found.comparisons:
        assert each.quality.questions == 5
        assert each.lead.value == pytest.approx(found.quality.mrr.value - each.quality.mrr.value)
        assert each.lead.low <= each.lead.value <= each.lead.high
    assert found.quality == evaluated(ANSWERABLE).quality


def test_an_index_that_is_replaced_meanwhile_is_an_error(encoder, data, source, tmp_path):
    class Replacing:
        """The real encoder; publishes another generation before it encodes its first question."""

        model = encoder.model
        dimensions = encoder.dimensions
        encode_passages = encoder.encode_passages
        done = False

        def encode_queries(self, texts):
            if not self.done:
                self.done = True
                fewer = write_releases(tmp_path / "fewer.jsonl", NEWSROOMS[:2])
                build_index(data, [fewer], encoder)
            return encoder.encode_queries(texts)

    path = write_releases(tmp_path / "questions.jsonl", ANSWERABLE)
    archive = Archive(data, Replacing())
    with pytest.raises(IndexReplaced, match="Measure it again"):
        evaluate(archive, path)
    assert evaluate(archive, path).generation == "g000003"


def test_text_that_joint_releases_share_is_relevant_for_each_of_them(encoder, tmp_path):
    text = (
        "The two cities will share one fire brigade of forty people from the first of July, and "
        "each of them will pay one half of what it costs.\n\nMore news follows in the autumn."
    )
    joint = [
        {
            "id": "east",
            "title": "Eastville and Westville Share a Fire Brigade",
            "text": text,
        },
        {"id": "west", "title": "Westville Fire Brigade to Be Joint", "text": f"Hello.\n\n{text}"},
        *NEWSROOMS,
    ]
    build_index(tmp_path / "data", [write_releases(tmp_path / "joint.jsonl", joint)], encoder)
    asked = [
        entry(id, "How large will the fire brigade be?", "brigade of forty people", id)
        for id in ("east", "west")
    ]
    path = write_releases(tmp_path / "questions.jsonl", asked)
    found = evaluate(Archive(tmp_path / "data", encoder), path)
    ranks = [each.ranks.paragraph for each in found.outcomes]
    assert None not in ranks
    assert min(ranks) == 1


@pytest.mark.parametrize(
    ("ranking", "relevant", "ranks"),
    [
        ([[(1, 1)], [(1, 2)], [(2, 1)]], {(2, 1)}, (3, 2, 0.5)),
        ([[(1, 1)], [(2, 5)], [(2, 1)]], {(2, 1)}, (3, 2, 0.5)),
        ([[(1, 1)], [(2, 1)]], {(3, 1)}, (None, None, 0.0)),
        ([], {(3, 1)}, (None, None, 0.0)),
        # One item that covers three joint releases counts as one relevant item.
        ([[(1, 1), (2, 1), (3, 1)]], {(1, 1), (2, 1), (3, 1)}, (1, 1, 1.0)),
        ([[(9, 1)], [(9, 2)], [(1, 1), (2, 1)]], {(2, 1)}, (3, 2, 0.5)),
    ],
)
def test_ranks_of_a_ranking(ranking, relevant, ranks):
    items = [tuple(item) for item in ranking]
    found = ranks_of(items, frozenset(relevant))
    assert (found.paragraph, found.release, pytest.approx(found.ndcg)) == ranks


def test_evaluations_are_deterministic(evaluated):
    def numbers(evaluation):
        return json.dumps(
            [repr(evaluation.quality), repr(evaluation.abstention), repr(evaluation.highlight)]
        )

    rows = ANSWERABLE + UNANSWERABLE
    assert numbers(evaluated(rows)) == numbers(evaluated(rows))
