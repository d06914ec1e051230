"""What serves requests, over a small archive."""

import json
from datetime import date

import pytest

from retrieval.archive import Archive
from retrieval.errors import UnknownNewsroom
from retrieval.query.requests import RequestKind
from retrieval.question import Question
from retrieval.ranking.answer import Answer
from retrieval.request_answers import RequestAnswer


def served(archive, text, **options) -> RequestAnswer:
    found = archive.respond(Question(text, **options))
    assert isinstance(found, RequestAnswer)
    return found


def ids(found):
    return [release.id for release in found.releases]


def test_a_question_is_answered_as_ever(newsrooms_archive):
    question = Question("How much did the bridge cost?")
    found = newsrooms_archive.respond(question)
    assert isinstance(found, Answer)
    assert found.passages == newsrooms_archive.ask(question).passages


@pytest.mark.parametrize("text", ["hi", "thanks", "help", "lol"])
def test_what_asks_for_nothing_needs_no_release(newsrooms_archive, text):
    found = served(newsrooms_archive, text, newsroom="unknown")
    assert (found.releases, found.timeline) == ((), None)


def test_the_newest_releases_come_newest_first_and_undated_last(newsrooms_archive):
    found = served(newsrooms_archive, "What's new?")
    assert found.request.kind is RequestKind.NEWEST
    assert ids(found) == ["ferry", "library", "bridge", "undated"]
    assert ids(served(newsrooms_archive, "What's new?", newsroom="harbor")) == ["library", "bridge"]


def test_the_newest_are_those_of_the_time_that_is_named_or_else_the_newest_of_all(
    newsrooms_archive,
):
    found = served(newsrooms_archive, "What was published in May 2024?")
    assert (ids(found), found.outside) == (["library"], False)
    other = served(newsrooms_archive, "What was published in May 2024?", since=date(2025, 1, 1))
    assert ids(other) == ["ferry"]
    nothing = served(newsrooms_archive, "What was published in June 2020?")
    assert nothing.outside
    assert ids(nothing)[0] == "ferry"


def test_a_count_is_of_the_releases_in_which_all_words_of_the_topic_stand(newsrooms_archive):
    def count(topic):
        return ids(served(newsrooms_archive, f"How many releases mention {topic}?"))

    assert count("harbor") == ["bridge", "undated"]
    assert count("Quill and the flood") == ["bridge"]  # in two paragraphs
    assert count("Quill ferry") == []
    assert count("petition in 2024") == ["library"]
    assert count("petition in 2025") == []
    assert count('"belongs to the people"') == ["bridge"]


def test_a_name_of_common_words_is_counted_as_a_phrase(newsrooms_archive, tmp_path):
    texts = {"bill": "The senator backs Medicare for All.", "other": "Medicare costs all of us."}
    file = tmp_path / "medicare.jsonl"
    rows = ({"id": id, "title": f"A {id}", "text": text} for id, text in texts.items())
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    archive = Archive(tmp_path / "medicare", newsrooms_archive.encoder)
    archive.reindex([file])
    found = served(archive, "How many releases mention Medicare for All?")
    assert ids(found) == ["bill"]
    assert len(ids(served(archive, "How many releases mention Medicare?"))) == 2


def test_a_list_is_that_of_the_timeline(newsrooms_archive):
    found = served(newsrooms_archive, "Everything on ferry fares since 2024")
    assert ids(found) == ["ferry"]
    assert found.topic == "ferry fares"
    assert found.timeline
    assert [each.count for each in found.timeline.bins] == [1]


def test_an_unknown_newsroom_is_an_error_where_releases_are_asked_for(newsrooms_archive):
    with pytest.raises(UnknownNewsroom):
        newsrooms_archive.respond(Question("What's new?", newsroom="unknown"))
