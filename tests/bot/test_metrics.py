import re

import pytest

from bot.metrics import BUCKETS, QuestionCounts, exposition, gauge


def test_a_gauge_is_written_as_prometheus_reads_it():
    assert exposition([gauge("verbatim_up", "Whether it is.", 1.0)]) == (
        "# HELP verbatim_up Whether it is.\n# TYPE verbatim_up gauge\nverbatim_up 1\n"
    )


def test_questions_are_counted_by_outcome_and_by_seconds():
    counts = QuestionCounts()
    for outcome, seconds in (
        ("answered", 0.05),
        ("answered", 0.1),  # a bound is part of its bucket
        ("answered", 0.3),
        ("unanswered", 31.0),
        ("request", 0.2),
        ("failed", 7.0),
    ):
        counts.add(outcome, seconds)
    samples = dict(re.findall(r"^(verbatim_\S+) (\S+)$", exposition(counts.metrics()), re.M))
    assert samples['verbatim_questions_total{outcome="answered"}'] == "3"
    assert samples['verbatim_questions_total{outcome="failed"}'] == "1"
    assert samples["verbatim_answered_share"] == "0.75"
    bounds = [f"{each:g}" for each in BUCKETS]
    below = [samples[f'verbatim_question_seconds_bucket{{le="{each}"}}'] for each in bounds]
    assert below == ["2", "3", "4", "4", "4", "4", "5", "5"]
    assert samples['verbatim_question_seconds_bucket{le="+Inf"}'] == "6"
    assert samples["verbatim_question_seconds_count"] == "6"
    assert float(samples["verbatim_question_seconds_sum"]) == pytest.approx(38.65)


def test_before_any_question_every_number_is_there():
    assert "verbatim_answered_share 0\n" in exposition(QuestionCounts().metrics())
