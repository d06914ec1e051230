"""Messages are within Discord's limits for whatever a release may hold."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.desk import Page, Status
from bot.render import (
    Message,
    answer_message,
    releases_message,
    report_message,
    status_message,
)
from retrieval.answer import Answer, CitedPassage, Reason
from retrieval.catalogue import Filter, Heading
from retrieval.manifest import Manifest
from retrieval.periods import Period
from retrieval.question import Question
from retrieval.reading import Reading
from retrieval.release import Refused
from retrieval.report import IndexReport, Progress
from retrieval.search import Ranking, Understood
from retrieval.spelling import Repair

DAY = date(2024, 5, 2)
PLAIN = Ranking(
    Understood(Question("Why?"), "why", Repair("why"), Reading(), Filter(), {}),
    (),
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=400)
LONG = st.one_of(TEXT, st.builds(lambda text, times: text * times, TEXT, st.integers(1, 40)))
URL = st.one_of(
    st.none(),
    TEXT,
    st.builds("https://example.com/{}".format, TEXT),
    st.just("https://example.com/" + "a" * 600),
)
HEADING = st.builds(
    Heading,
    number=st.just(0),
    id=TEXT,
    title=LONG,
    date=st.one_of(st.none(), st.dates()),
    url=URL,
    newsroom=st.one_of(st.none(), LONG),
    author=st.none(),
    dateline=st.none(),
    source=LONG,
)


@st.composite
def cited(draw: st.DrawFn) -> CitedPassage:
    text = draw(LONG)
    start = draw(st.integers(0, len(text)))
    heading = draw(HEADING)
    return CitedPassage(
        rank=draw(st.integers(1, 9)),
        score=0.5,
        text=text,
        highlight=(start, draw(st.integers(start, len(text)))),
        paragraph=draw(st.integers(1, 999)),
        link=heading.url,
        release=heading,
        also=tuple(draw(st.lists(HEADING, max_size=5))),
    )


@st.composite
def rankings(draw: st.DrawFn) -> Ranking:
    changes = draw(st.lists(st.tuples(TEXT, TEXT), max_size=3))
    reading = Reading(
        period=Period("in 2024", DAY, DAY, DAY, DAY),
        latest=draw(st.booleans()),
        phrases=tuple(draw(st.lists(TEXT, max_size=3))),
    )
    allowed = Filter(DAY, DAY, undated=draw(st.booleans()))
    repair = Repair("why", tuple(changes))
    return Ranking(Understood(Question("Why?"), "why", repair, reading, allowed, {}), ())


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    answered = draw(st.booleans())
    return Answer(
        question=Question("Why?"),
        answered=answered,
        reason=None if answered else draw(st.sampled_from(list(Reason))),
        confidence=0.5,
        passages=tuple(draw(st.lists(cited(), min_size=1 if answered else 0, max_size=6))),
        generation="g000001",
        milliseconds=1.0,
        ranking=draw(rankings()),
    )


def assert_within_limits(message: Message) -> None:
    assert message.content or message.embeds
    assert len(message.content or "") <= 2000
    assert len(message.embeds) <= 10
    assert sum(map(len, message.embeds)) <= 6000
    for embed in message.embeds:
        assert len(embed.title or "") <= 256
        assert len(embed.description or "") <= 4096
        assert len(embed.footer.text or "") <= 2048
        assert embed.url is None or embed.url.startswith(("http://", "https://"))
        for field in embed.fields:
            assert len(field.name or "") <= 256
            assert len(field.value or "") <= 1024
    assert len(message.links) <= 5
    for label, url in message.links:
        assert 0 < len(label) <= 80
        assert len(url) <= 512
        assert url.startswith(("http://", "https://"))


@given(answers())
def test_any_answer_is_within_the_limits(answer: Answer) -> None:
    assert_within_limits(answer_message(answer))


@given(st.lists(HEADING, max_size=10))
def test_any_list_of_releases_is_within_the_limits(headings: list[Heading]) -> None:
    assert_within_limits(releases_message(Page(headings, 10_000)))


@given(st.lists(st.builds(Refused, LONG, LONG), max_size=30))
def test_any_report_is_within_the_limits(refused: list[Refused]) -> None:
    report = IndexReport("g000002", 25_000, 268_000, 1, 2, 3, 4, tuple(refused), 12.5)
    assert_within_limits(report_message(report))


@given(st.lists(st.tuples(LONG, st.integers(1)), max_size=600), LONG)
def test_any_status_is_within_the_limits(newsrooms: list[tuple[str, int]], model: str) -> None:
    manifest = Manifest(
        generation="g000001",
        created=datetime(2025, 1, 1, tzinfo=UTC),
        model=model or "m",
        fingerprint="f",
        dimensions=384,
        releases=1,
        paragraphs=2,
        passages=2,
        refused=0,
        files={},
    )
    day = date(2025, 1, 1)
    status = Status(manifest, newsrooms, day, day, Progress("embedding", 40, 120))
    assert_within_limits(status_message(status))


def test_passages_of_one_release_are_linked_once() -> None:
    heading = Heading(0, "a", "A", None, "https://example.com/a", None, None, None, "a")
    passages = tuple(
        CitedPassage(rank, 0.5, f"Text {rank}.", (0, 7), rank, None, heading) for rank in (1, 2, 3)
    )
    answer = Answer(Question("Why?"), True, None, 0.9, passages, "g000001", 1.0, PLAIN)
    assert [embed.url for embed in answer_message(answer).embeds] == [heading.url, None, None]


def test_a_release_without_date_or_address_says_so() -> None:
    heading = Heading(0, "a", "A", None, None, None, None, None, "seeds/a.txt")
    passage = CitedPassage(1, 0.5, "Text.", (0, 5), 3, None, heading)
    answer = Answer(Question("Why?"), True, None, 0.9, (passage,), "g000001", 1.0, PLAIN)
    message = answer_message(answer)
    assert message.embeds[0].footer.text == ("undated · paragraph 3, seeds/a.txt (no web address)")
    assert not message.links


def test_what_was_read_out_of_the_question_and_who_else_said_it_is_shown() -> None:
    heading = Heading(0, "a", "A", DAY, None, "a.example", None, None, "a")
    other = Heading(1, "b", "B", DAY, None, "b.example", None, None, "b")
    passage = CitedPassage(1, 0.5, "Text.", (0, 5), 3, None, heading, (other,))
    repair = Repair("why bridge", (("brigde", "bridge"),))
    reading = Reading(latest=True, phrases=("rail fares",))
    understood = Understood(Question("why?"), "why bridge", repair, reading, Filter(), {})
    ranking = Ranking(understood, ())
    answer = Answer(Question("Why?"), True, None, 0.9, (passage,), "g000001", 1.0, ranking)
    message = answer_message(answer)
    assert message.content == (
        "-# the newest preferred; only with “rail fares”; “bridge” for “brigde”"
    )
    assert (message.embeds[0].footer.text or "").endswith("also published by b.example")
