from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.archive import Archive
from retrieval.errors import BadQuestion
from retrieval.standing import (
    MAX_CHARACTERS,
    OutlierRule,
    StandingQuestion,
    calibrate,
    match,
    past_matches,
    up_to_date,
)
from tests.retrieval.conftest import RecordingEncoder, write_releases

FIRST = date(2024, 1, 1)
EVERYDAY = (
    ("Library Hours Extended", "All four branches of the city library will open on Sundays."),
    ("Harbor Bridge Reopens", "The bridge carries 31,000 vehicles a day and cost $48 million."),
    ("Ferry Fares Frozen", "The Coast Authority will not raise the fares of its ferries."),
    ("Summer Concerts in the Park", "Six bands will play at the bandstand on Friday evenings."),
    ("New Fire Engine", "The volunteer fire brigade has taken delivery of a ladder truck."),
    ("Budget Adopted", "The council adopted a balanced budget of $212 million for the year."),
    ("School Lunches Free", "Every pupil will get a warm meal at noon from September on."),
    ("Seal Count", "Volunteers counted 214 harbor seals on the north beach at low tide."),
    ("Road Works on Main Street", "Lanes will be closed at night while the surface is renewed."),
    ("Clerk Retires", "After thirty years of service the town clerk is going into retirement."),
    ("Farmers' Market Moves", "The stalls of the market will stand on the square in the winter."),
    ("Swimming Pool Heated", "Solar panels on the roof heat the water of the pool."),
    ("Bus Lanes Painted", "Two new lanes for buses should make the line to the station faster."),
    ("Tree Planting", "Citizens may adopt one of four hundred young oaks and lindens."),
)


def release(id, title, day, *paragraphs):
    return {
        "id": id,
        "title": title,
        "date": day and day.isoformat(),
        "url": f"https://harbor.example/{id}",
        "text": "\n\n".join(paragraphs),
    }


RELEASES = (
    *(
        release(f"daily-{number}", title, FIRST + timedelta(days=number), text)
        for number, (title, text) in enumerate(EVERYDAY)
    ),
    release(
        "clinic",
        "Clinic for Veterans to Open",
        date(2024, 3, 1),
        "The Department will open it in the old mill.",
        "Veterans will get health care there without an appointment. Parking is free.",
    ),
    release(
        "counselors",
        "Mental Health Counselors for Veterans",
        date(2024, 6, 20),
        "Former soldiers will be treated for post-traumatic stress at the hospital for veterans.",
    ),
    release(
        "undated",
        "Veterans Health Fair",
        None,
        "Veterans may have their health checked at no cost.",
    ),
)


@pytest.fixture(scope="module")
def archive(encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standing")
    source = write_releases(folder / "releases.jsonl", RELEASES)
    archive = Archive(folder / "data", encoder)
    archive.reindex([source])
    return archive


@pytest.fixture(scope="module")
def searcher(archive):
    return archive.searcher


def calibrated(searcher, text="anything about veterans' health"):
    return calibrate(searcher, StandingQuestion(text))


def matching(searcher, text, ids=tuple(each["id"] for each in RELEASES)):
    return [each.release.id for each in match(searcher, calibrated(searcher, text), ids)]


def test_releases_about_the_subject_match_and_no_others(searcher):
    found = matching(searcher, "anything about veterans' health")
    assert found == ["clinic", "counselors", "undated"]


def test_a_match_names_the_paragraph_and_says_by_how_much(searcher):
    calibration = calibrated(searcher)
    (found,) = match(searcher, calibration, ["clinic"])
    assert found.text == RELEASES[-3]["text"].split("\n\n")[1]
    assert found.paragraph == 2
    assert found.text[slice(*found.highlight)].startswith("Veterans will get health care")
    assert found.link.startswith("https://harbor.example/clinic#:~:text=")
    assert found.score >= found.threshold == calibration.threshold


def test_what_means_the_same_in_other_words_matches(searcher):
    assert matching(searcher, "bathing in water warmed by the sun") == ["daily-11"]


@pytest.mark.parametrize("text", ["cryptocurrency", "the moons of Jupiter", "qwertyuiop"])
def test_nothing_matches_what_was_never_published(searcher, text):
    assert matching(searcher, text) == []


def test_capitals_and_the_way_of_asking_make_no_difference(searcher):
    threshold = calibrated(searcher, "veterans' health").threshold
    for text in ("VETERANS' HEALTH", "Tell me when there is anything on veterans’ health!"):
        assert calibrated(searcher, text).threshold == pytest.approx(threshold)


def test_what_stands_in_quotation_marks_must_stand_in_the_paragraph(searcher):
    assert matching(searcher, 'anything about "veterans" health') == [
        "clinic",
        "counselors",
        "undated",
    ]
    assert matching(searcher, 'anything about veterans and "health care"') == ["clinic"]
    assert matching(searcher, 'anything about veterans and "care for health"') == []


@pytest.mark.parametrize("text", ["", "   ", "?!", "anything", "tell me about it", "news"])
def test_a_question_without_a_subject_is_refused(text):
    with pytest.raises(BadQuestion, match="names no subject"):
        StandingQuestion(text)


def test_a_question_that_is_too_long_is_refused():
    StandingQuestion("bridge".ljust(MAX_CHARACTERS, "s"))
    with pytest.raises(BadQuestion, match="Say in 300 or fewer"):
        StandingQuestion("bridge".ljust(MAX_CHARACTERS + 1, "s"))


def test_releases_are_matched_in_the_order_given_each_once_and_unknown_ids_are_passed_over(
    searcher,
):
    ids = ["undated", "nowhere", "clinic", "undated", "daily-1"]
    assert matching(searcher, "veterans' health", ids) == ["undated", "clinic"]
    assert matching(searcher, "veterans' health", []) == []


def test_a_new_release_is_matched_without_another_calibration(encoder, archive, tmp_path):
    source = write_releases(
        tmp_path / "releases.jsonl",
        [
            *RELEASES,
            release("ward", "Hospital Ward Renamed", date(2024, 7, 1), "It treats veterans."),
            release("kites", "Kite Festival", date(2024, 7, 2), "Kites will fly over the beach."),
        ],
    )
    calibration = calibrated(archive.searcher)
    later = Archive(tmp_path / "data", encoder)
    later.reindex([source])
    assert calibration.fits(later.index)
    found = match(later.searcher, calibration, ["ward", "kites"])
    assert [each.release.id for each in found] == ["ward"]


def test_matching_encodes_the_question_and_no_passage(encoder, archive, tmp_path):
    recording = RecordingEncoder(encoder)
    searcher = Archive(archive.data, recording).searcher
    match(searcher, calibrated(searcher), ["clinic"])
    assert recording.passages == []


def test_a_calibration_does_not_fit_the_scores_of_another_model(
    archive, other_encoder, newsrooms_file, tmp_path
):
    other = Archive(tmp_path / "data", other_encoder)
    other.reindex([newsrooms_file])
    calibration = calibrated(archive.searcher)
    assert calibration.fits(archive.index)
    assert not calibration.fits(other.index)


def past(searcher, **window):
    found = past_matches(searcher, calibrated(searcher), **window)
    return [each.release.id for each in found]


def test_past_matches_are_those_of_the_last_days_newest_first(searcher):
    assert past(searcher) == ["counselors"]  # 90 days up to the newest release
    assert past(searcher, days=112) == ["counselors", "clinic"]
    assert past(searcher, days=111) == ["counselors"]
    assert past(searcher, until=date(2024, 3, 1)) == ["clinic"]
    assert past(searcher, until=date(2024, 3, 2), days=1) == []


@pytest.mark.parametrize("days", [0, -1])
def test_no_days_have_no_matches(searcher, days):
    assert past(searcher, days=days) == []


def test_more_days_than_there_are_is_all_of_the_past(searcher):
    assert past(searcher, days=10**9) == ["counselors", "clinic"]


def test_an_archive_of_one_release_tells_what_matches(seed_archive):
    ids = [*seed_archive.index.releases.ids()]
    calibration = calibrated(seed_archive.searcher, "what is said on the Constitution")
    assert calibration.releases == 1
    assert len(match(seed_archive.searcher, calibration, ids)) == 1
    assert matching(seed_archive.searcher, "grants for rural airports", ids) == []


def test_without_a_dated_release_there_is_no_past(encoder, tmp_path):
    archive = Archive(tmp_path / "data", encoder)
    archive.reindex([write_releases(tmp_path / "releases.jsonl", RELEASES[-1:])])
    assert past(archive.searcher) == []


def test_a_release_without_paragraphs_matches_by_its_title(encoder, tmp_path):
    archive = Archive(tmp_path / "data", encoder)
    empty = release("empty", "Veterans' Health", date(2024, 5, 1))
    archive.reindex([write_releases(tmp_path / "releases.jsonl", [*RELEASES, empty])])
    (found,) = match(archive.searcher, calibrated(archive.searcher), ["empty"])
    assert (found.paragraph, found.text) == (1, "Veterans' Health")


def test_a_question_that_many_releases_match_has_a_higher_threshold(searcher):
    assert calibrated(searcher).threshold > calibrated(searcher, "cryptocurrency").threshold


SCORES = st.lists(st.floats(-1, 1, width=32), max_size=60)


@given(SCORES)
def test_a_threshold_is_within_its_bounds_and_of_the_scores_in_any_order(scores):
    rule = OutlierRule()
    threshold = rule.threshold(np.array(scores, dtype=np.float32))
    assert rule.lowest <= threshold <= rule.highest
    backwards = np.array(scores[::-1], dtype=np.float32)
    assert rule.threshold(backwards) == pytest.approx(threshold)


@given(SCORES)
def test_a_release_without_a_score_does_not_count(scores):
    known = np.array(scores, dtype=np.float32)
    unknown = np.array([*scores, -np.inf], dtype=np.float32)
    assert OutlierRule().threshold(unknown) == OutlierRule().threshold(known)


@given(st.integers(0, 500), st.floats(0.5, 1, width=32))
def test_however_many_match_what_stands_out_from_the_others_does(matching, score):
    others = np.linspace(0, 0.1, 100, dtype=np.float32)
    alone = OutlierRule().threshold(others)
    scores = np.concatenate([others, np.full(matching, score, dtype=np.float32)])
    assert OutlierRule().threshold(scores) == pytest.approx(alone)


def test_the_more_the_others_score_the_higher_is_the_threshold():
    low, high = (
        OutlierRule().threshold(np.full(1000, score, dtype=np.float32)) for score in (0.05, 0.25)
    )
    assert low < high


@pytest.mark.parametrize(("counted", "is_kept"), [(17, True), (16, True), (15, False), (0, False)])
def test_a_calibration_is_renewed_once_the_archive_has_grown_by_a_tenth(searcher, counted, is_kept):
    assert searcher.index.manifest.releases == len(RELEASES) == 17
    known = replace(calibrated(searcher), threshold=0.5, releases=counted)
    found = up_to_date(searcher, known.question, known)
    assert found == (known if is_kept else calibrated(searcher))


def test_a_calibration_by_another_model_or_of_another_question_is_renewed(searcher):
    known = calibrated(searcher)
    assert up_to_date(searcher, known.question, replace(known, fingerprint="other")) == known
    ferries = StandingQuestion("anything about ferries")
    assert up_to_date(searcher, ferries, known) == calibrate(searcher, ferries)
    assert up_to_date(searcher, ferries, None) == calibrate(searcher, ferries)
