import pytest

from retrieval.errors import BadQuestion
from tests.conftest import NEWSROOMS, SAMPLE_TITLE

TEXTS = {row["id"]: row["text"].split("\n\n") for row in NEWSROOMS}


def place(passage):
    return passage.release.id, passage.paragraph


@pytest.mark.parametrize(
    ("message", "source"),
    [
        ("It was closed for fourteen months after the flood of 2022.", ("bridge", 2)),
        ("fares will not go up, says the coast authority, before january 2026", ("ferry", 1)),
        ("Library Hours Extended to Sundays", ("library", 1)),
        ("All the branches of the city's library are going to be open on Sundays", ("library", 1)),
        ("volunteers needed to count seals at low tide on the beach!!", ("undated", 1)),
    ],
)
def test_what_a_message_says_is_found_however_it_is_put(newsrooms_archive, message, source):
    trace = newsrooms_archive.find_source(message)
    assert trace.found
    assert place(trace.passages[0]) == source
    assert trace.generation == newsrooms_archive.index.manifest.generation
    assert [each.rank for each in trace.passages] == [*range(1, len(trace.passages) + 1)]


def test_a_quotation_comes_with_the_words_and_the_sentence_that_are_the_same(newsrooms_archive):
    message = "<@42> they wrote:\n> the BRIDGE cost $48 million, and carries 31 000 cars https://x.example"
    best = newsrooms_archive.find_source(message).passages[0]
    assert best.same_words == "The bridge cost $48 million and carries 31,000"
    assert best.text[slice(*best.highlight)].endswith("vehicles a day.")


@pytest.mark.parametrize(
    ("message", "same"),
    [
        ("commuters have carried", "Commuters have carried"),
        ("carried enough", ""),
        ("I think commuters have carried enough already", ""),
    ],
)
def test_a_short_message_has_the_same_words_only_if_it_stands_there_whole(
    newsrooms_archive, message, same
):
    best = newsrooms_archive.find_source(message).passages[0]
    assert place(best) == ("ferry", 2)
    assert best.same_words == same


def test_neither_dates_nor_quotation_marks_of_a_message_filter(newsrooms_archive):
    message = (
        'In May 1999 "nobody" said "this bridge belongs to the people who waited for it" (2031)'
    )
    trace = newsrooms_archive.find_source(message)
    assert trace.found
    assert place(trace.passages[0]) == ("bridge", 3)


def test_every_part_of_a_long_message_is_traced(newsrooms_archive):
    parts = [TEXTS["ferry"][0], TEXTS["library"][1], TEXTS["bridge"][1]]
    trace = newsrooms_archive.find_source(
        "\n\n".join(["Some news of the week, all of it good!", *parts])
    )
    assert {place(each) for each in trace.passages[:3]} == {
        ("ferry", 1),
        ("library", 2),
        ("bridge", 2),
    }
    assert all(each.same_words for each in trace.passages[:3])


def test_a_whole_message_of_four_thousand_characters_is_traced(seed_archive):
    paragraphs = seed_archive.index.releases.paragraphs(0)
    trace = seed_archive.find_source("\n".join(paragraphs)[:4000])
    assert trace.found
    assert trace.passages[0].release.title == SAMPLE_TITLE
    assert len(trace.passages) == 5


@pytest.mark.parametrize(
    "message",
    [
        "lol did anyone watch the game last night",
        "Who wants pizza? I am ordering at seven. No pineapple this time, please.",
        "asdf qwerty",
    ],
)
def test_chatter_comes_from_nowhere(newsrooms_archive, message):
    trace = newsrooms_archive.find_source(message)
    assert not trace.found
    assert not any(each.same_words for each in trace.passages)


@pytest.mark.parametrize(
    "message", ["", "<@1> <:wave:2>", "https://x.example", "> ...", "a" * 4001]
)
def test_a_message_without_words_or_too_long_cannot_be_traced(newsrooms_archive, message):
    with pytest.raises(BadQuestion):
        newsrooms_archive.find_source(message)


def test_it_is_done_without_a_reranker_too(newsrooms_archive, encoder):
    archive = type(newsrooms_archive)(newsrooms_archive.data, encoder)
    trace = archive.find_source("It was closed for fourteen months after the flood of 2022.")
    assert trace.found
    assert place(trace.passages[0]) == ("bridge", 2)
