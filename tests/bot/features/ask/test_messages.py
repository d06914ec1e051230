"""Answers are valid messages and quote what was published, whatever it contains."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.actions import ShowMore, parse_action
from bot.core.components import Message
from bot.features.ask.messages import (
    PAGE,
    answer_message,
    further_message,
    shared_message,
    source_message,
)
from bot.i18n import ENGLISH, Language
from bot.quoted_passages import ChangedPassage, RestoredPassages, passage_ref
from bot.state.answers import AnswerKind, AnswerRecord
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.question import Question
from retrieval.ranking.answer import Answer, CitedPassage, Reason, worth_showing
from retrieval.ranking.full_release import FullRelease
from retrieval.ranking.searcher import ParsedQuery, Ranking
from retrieval.release_history import PassageChange
from retrieval.source_search import SourceResult
from tests.bot.features.rendering import (
    Rendered,
    assert_quotes,
    assert_valid,
    items_of,
    texts_of,
    visible_text,
)
from tests.bot.features.strategies import (
    LANGUAGE,
    MOMENT,
    answers,
    info,
    passage,
    passages,
)

MIA = "<@7>"
PLAIN = Ranking(ParsedQuery(Question("Why?"), "why", SpellingCorrection("why"), {}), ())
BUTTON, CONTAINER = 2, 17


def answer(*found: CitedPassage) -> Answer:
    return Answer(Question("Why?"), True, None, 0.9, found, "g000001", PLAIN)


def quotations(message: Message) -> list[str]:
    return [text.split("\n")[0] for text in texts_of(message) if text.startswith("> ")]


def assert_quotes_each(message: Message, found: Sequence[CitedPassage], *, answered: bool) -> None:
    """Each passage with visible characters is quoted, grouped by release."""
    order = {each.release.number: at for at, each in reversed(list(enumerate(found)))}
    by_release = sorted(found, key=lambda each: order[each.release.number])
    visible = [each for each in by_release if visible_text(each.text)]
    shown = quotations(message)
    assert len(shown) == len(visible)
    for text, each in zip(shown, visible, strict=True):
        highlight, words = (each.highlight, each.words) if answered else (None, None)
        assert_quotes(text, each.text, highlight, words)


@settings(deadline=None, max_examples=60)
@given(answers(), st.integers(1, 5), LANGUAGE, st.booleans(), st.booleans())
def test_any_answer_is_valid_and_quotes_the_releases(
    found: Answer, most: int, language: Language, private: bool, echo: bool
) -> None:
    message = answer_message(found, most, language, id=2**62, private=private, echo=echo)
    assert_valid(message)
    least = 0.5 * found.passages[0].score if found.passages else 0
    at_most = most if found.answered else min(most, 3)
    shown = [each for each in found.passages[:at_most] if each.score >= least]
    assert_quotes_each(message, shown, answered=found.answered)


def became(passage: CitedPassage, rank: int, data: st.DataObject) -> ChangedPassage:
    """Something that a passage has become."""
    release = data.draw(st.sampled_from([None, FullRelease(passage.release, [passage.text])]))
    seen, now = data.draw(st.sampled_from([(None, None), (MOMENT, None), (MOMENT, 1)]))
    return ChangedPassage(rank, release, PassageChange(seen, now))


@settings(deadline=None, max_examples=30)
@given(passages(most=PAGE), st.integers(1, 40), LANGUAGE, st.booleans(), st.data())
def test_any_further_passages_are_valid_and_say_what_became_of_others(
    found: tuple[CitedPassage, ...],
    rank: int,
    language: Language,
    answered: bool,
    data: st.DataObject,
) -> None:
    total = rank + PAGE
    kept = tuple(each for each in found if data.draw(st.booleans()))
    changed = [became(each, rank, data) for each in found if each not in kept]
    restored = RestoredPassages(kept, changed)
    message = further_message(restored, 2**62, rank, total, language, answered=answered)
    assert_valid(message)
    assert_quotes_each(message, kept, answered=answered)
    assert sum(text.startswith("⚠ ") for text in texts_of(message)) == len(changed)


@settings(deadline=None, max_examples=30)
@given(answers(), st.integers(1, 5), LANGUAGE, st.sampled_from(["question", "source"]), st.data())
def test_any_shared_answer_is_valid_and_mentions_only_the_sharer(
    found: Answer, most: int, language: Language, kind: AnswerKind, data: st.DataObject
) -> None:
    known = AnswerRecord(
        question=found.question.text,
        searched=found.ranking.query.text,
        answered=found.answered,
        confidence=0.5,
        generation="g000001",
        passages=tuple(map(passage_ref, found.passages)),
        server=1,
        channel=2,
        kind=kind,
        id=2**62,
    )
    left = [each for each in found.passages if data.draw(st.booleans())]
    changed = [
        became(each, rank, data)
        for rank, each in enumerate(found.passages, start=1)
        if each not in left
    ]
    restored = RestoredPassages(left, changed)
    assert_valid(shared_message(known, restored, most, MIA, language), mentioning=MIA)


@pytest.mark.parametrize(("count", "further"), [(3, None), (4, 4), (6, 4)])
def test_a_shared_answer_offers_what_it_neither_shows_nor_says_to_have_changed(
    count: int, further: int | None
) -> None:
    found = [passage(f"It opened on day {rank}.", rank) for rank in range(1, count + 1)]
    known = AnswerRecord(
        question="When?",
        searched="when",
        answered=True,
        confidence=0.9,
        generation="g000001",
        passages=tuple(map(passage_ref, found)),
        server=1,
        channel=2,
        id=5,
    )
    second = ChangedPassage(2, None, PassageChange(None, None))
    restored = RestoredPassages([each for each in found if each.rank != 2], [second])
    message = shared_message(known, restored, 3, MIA, ENGLISH)
    ids = [each["custom_id"] for each in items_of(message, BUTTON) if "custom_id" in each]
    offered = [each for each in map(parse_action, ids) if isinstance(each, ShowMore)]
    assert offered == ([ShowMore(5, further)] if further else [])


@settings(deadline=None, max_examples=30)
@given(passages(), LANGUAGE, st.booleans(), st.data())
def test_any_source_is_valid(
    found: tuple[CitedPassage, ...], language: Language, is_found: bool, data: st.DataObject
) -> None:
    same = st.sampled_from(["", "in these words"])
    found = tuple(replace(each, same_words=data.draw(same)) for each in found)
    result = SourceResult(is_found, found, "g000001", 1.0)
    message = source_message(result, language, id=2**62)
    assert_valid(message)
    shown = worth_showing(found, PAGE)
    word_for_word = [*takewhile(lambda each: each.same_words, found[:PAGE])]
    assert_quotes_each(
        message, word_for_word if is_found and word_for_word else shown, answered=is_found
    )


def test_the_longest_answer_fits() -> None:
    long = "*" * 4000
    found = [
        passage(
            long,
            rank,
            link="https://harbor.example/#one",
            release=info(rank, title=long, newsroom=long, source=long),
            also=(info(9, newsroom=long),),
        )
        for rank in range(1, 13)
    ]
    query = replace(PLAIN.query, latest=True, phrases=(long,))
    for reason in Reason:
        fullest = replace(
            answer(*found),
            question=Question(f"Why {long}"[:4000]),
            answered=False,
            reason=reason,
            ranking=Ranking(query, ()),
        )
        message = answer_message(fullest, 5, ENGLISH, id=1, private=True, echo=True)
        assert_valid(message)
        assert len(quotations(message)) == 3
        assert all(len(each) > 100 for each in quotations(message))


def test_short_passages_are_quoted_whole_beside_long_ones() -> None:
    texts = ["A short one.", "y" * 5000, "Another, *short* one."]
    found = [passage(text, rank, release=info(rank)) for rank, text in enumerate(texts, 1)]
    shown = [Rendered(each).text for each in quotations(answer_message(answer(*found), 3, ENGLISH))]
    assert shown[0] == texts[0]
    assert shown[2] == texts[2]


@pytest.mark.parametrize("text", ["word " * 200_000, "x" * 1_000_000, "*@:" * 333_333])
def test_rendering_an_answer_takes_linear_time(text: str) -> None:
    middle = len(text) // 2
    found = [
        passage(text, rank, highlight=(middle, middle + 200), release=info(rank))
        for rank in range(1, 6)
    ]
    # Processor time, and a generous limit: quadratic work would exceed it.
    begun = time.process_time()
    message = answer_message(answer(*found), 5, ENGLISH, id=1)
    assert time.process_time() - begun < 20
    assert_valid(message)
