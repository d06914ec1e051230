"""Quoted passages: each under its release, in the room that there is, with what belongs to it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.components import MAX_TEXT, Message
from bot.features.ask.passages import passage_blocks
from bot.i18n import ENGLISH
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.full_release import QuotedParagraph
from tests.bot.features.rendering import assert_valid, items_of, texts_of
from tests.bot.features.strategies import TEXT, info, passage, passages

BUTTON, CONTAINER = 2, 17


def laid_out(*found: CitedPassage, room: int = MAX_TEXT) -> Message:
    """A message of nothing but passages."""
    return Message(tuple(passage_blocks(found, room, ENGLISH, answered=True)))


def quoted(first: int, *texts: str) -> tuple[QuotedParagraph, ...]:
    return tuple(QuotedParagraph(number, text) for number, text in enumerate(texts, first))


def test_a_lead_in_is_quoted_with_its_items_and_an_item_below_its_lead_in() -> None:
    lead_in, items = "The bill would:", ("- Lower fares", "Add *trains*")
    found = passage(lead_in, items=quoted(2, *items))
    (text, *_) = [each for each in texts_of(laid_out(found)) if ">" in each]
    assert text.startswith("> The bill would:\n> \\- Lower fares\n> Add \\*trains\\*\n**")
    found = passage(items[1], lead_in=quoted(1, lead_in)[0])
    (text, *_) = [each for each in texts_of(laid_out(found)) if ">" in each]
    assert text.startswith("> The bill would:\n> Add \\*trains\\*\n**")


def test_a_list_without_room_is_cut_and_counted() -> None:
    found = passage("The bill would:", items=quoted(2, *["Lower all fares *now*"] * 100))
    message = laid_out(found)
    assert_valid(message)
    (text, *_) = [each for each in texts_of(message) if each.startswith("> ")]
    lines = [line for line in text.split("\n") if line.startswith("> ")]
    assert 20 < len(lines) < 101
    assert lines[-1] == f"> … (+{100 - (len(lines) - 2)})"


@settings(deadline=None, max_examples=30)
@given(passages(least=1, most=5), st.integers(2600, MAX_TEXT), st.lists(TEXT, max_size=9), TEXT)
def test_passages_with_lead_ins_and_items_fit_too(
    found: tuple[CitedPassage, ...], room: int, items: list[str], lead_in: str
) -> None:
    added = {"items": quoted(2, *items), "lead_in": QuotedParagraph(1, lead_in)}
    with_others = [replace(each, **added) for each in found]  # type: ignore[arg-type]
    assert sum(map(len, texts_of(laid_out(*with_others, room=room)))) <= room


@settings(deadline=None, max_examples=30)
@given(passages(least=1, most=5), st.integers(2600, MAX_TEXT))
def test_passages_fit_into_the_given_number_of_characters(
    found: tuple[CitedPassage, ...], room: int
) -> None:
    assert sum(map(len, texts_of(laid_out(*found, room=room)))) <= room


def test_the_paragraph_is_cited_if_the_name_of_the_newsroom_is_long() -> None:
    found = passage("Text.", paragraph=7, release=info(newsroom="Harbor " * 200, url=None))
    assert "paragraph 7" in texts_of(laid_out(found))[0]


def test_passages_of_one_release_share_a_container_and_a_source() -> None:
    bridge, ferry = (
        info(number, title=title, url="https://harbor.example/news")
        for number, title in enumerate(("Bridge", "Ferry"))
    )
    found = [
        passage("One.", 1, paragraph=1, release=bridge),
        passage("Else.", 2, paragraph=2, release=ferry),
        passage("Three.", 3, paragraph=3, release=bridge),
    ]
    message = laid_out(*found)
    titles = [line for text in texts_of(message) for line in text.splitlines() if "**" in line]
    assert titles == ["**Bridge**", "**Ferry**"]
    assert len(items_of(message, CONTAINER)) == 2
    labels = {each["label"] for each in items_of(message, BUTTON)}
    assert {"Paragraph 1", "Paragraph 3", "In context: 1", "In context: 3"} <= labels


def test_two_passages_of_one_paragraph_share_a_context_button() -> None:
    pair = passage("One. Two.", 1, paragraph=4), passage("One. Two.", 2, paragraph=4)
    message = laid_out(*pair)
    assert_valid(message)
    labels = [each["label"] for each in items_of(message, BUTTON)]
    assert labels.count("In context: 4") == 1


def test_a_paragraph_without_visible_characters_leaves_only_its_source() -> None:
    message = laid_out(passage("\u200b \n"))
    assert texts_of(message) == ["**Title**\n-# May 2, 2024 · paragraph 1, a.txt (no web address)"]
