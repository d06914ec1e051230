"""Hypothesis strategies for what releases and questions may contain: anything."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from bot.archive_service import ReleaseSummary
from bot.i18n import load_languages
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.indexing.report import Progress
from retrieval.query.periods import Period
from retrieval.question import Question
from retrieval.ranking.answer import Answer, CitedPassage, Reason
from retrieval.ranking.searcher import ParsedQuery, Ranking
from retrieval.release import Filter, ReleaseInfo

DAY = date(2024, 5, 2)
MOMENT = datetime(2025, 1, 1, tzinfo=UTC)

_FRAGMENTS = (
    *("*", "**", "_", "__", "~~", "||", "`", "```", "```py\n", "\\", "#", "-", "1.", ">", "[", "]"),
    *("> ", ">>> ", "# ", "### ", "-# ", "- ", "+ ", "1. ", "2) ", "\n- ", "\n> ", "://", " …"),
    *("@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</cmd:1>", "<t:1:R>", "<:ab:1>"),
    *("<a:ab:1>", ":tada:", "[label](https://evil.example)", "https://evil.example/a_b(c)"),
    *("\u200b", "\u200d", "\u202e", "\u2066", "\u200f", "\u061c", "\ufeff", "\u3164", "\u2028"),
    *("\0", "\x1b", "\x85", "\t", "\n\n", " ", "  ", "\u00a0"),
    *("e\u0301\u0302", "👩\u200d👩\u200d👧", "🏴\u200d☠️", "שלום", "word", "Bridge.", "“So,”"),
)
CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])
SHORT = st.lists(
    st.one_of(st.sampled_from(_FRAGMENTS), st.just(" "), st.text(CHARACTERS, max_size=4)),
    max_size=20,
).map("".join)
BLANK = st.sampled_from(["", " ", "\n\n", "\u200b", "\u3164 \u00ad", "\0", "\u202e\u2060"])
_LONG = st.sampled_from(
    ["x" * 10_000, "*" * 10_000, "[" * 5000, "@everyone" * 2000, "a - b " * 2000, "e\u0301" * 3000]
)
TEXT = st.one_of(SHORT, SHORT, BLANK, _LONG, st.builds(str.__mul__, SHORT, st.integers(2, 60)))
URL = st.one_of(
    st.none(),
    st.just("https://harbor.example/news/bridge"),
    st.builds("https://harbor.example/{}".format, SHORT),
    st.sampled_from(
        [
            "",
            "javascript:alert(1)",
            "https://harbor.example/with space",
            "https://harbor.example/a(b)c)>]",
            "https://@everyone@harbor.example/@everyone",
            "https://harbor.example/" + "a" * 3000,
            "https://harbor.example/" + "(" * 170,
            "https://häfen.example/brücke",
            "https://[::1",
            "https://a:99999999/",
            "\0https://harbor.example/",
            "https://.../",
            "HTTPS://harbor.example",
        ]
    ),
    SHORT,
)
DATE = st.one_of(st.none(), st.dates())
PROGRESS = st.builds(
    Progress, st.just("embedding"), st.integers(0), st.one_of(st.none(), st.integers(0))
)
LANGUAGE = st.sampled_from(list(load_languages().by_code.values()))


def info(number: int = 0, **values: object) -> ReleaseInfo:
    """A plain release with some values of its own."""
    defaults = {"title": "Title", "date": DAY, "url": None, "newsroom": None, "author": None}
    defaults |= {"number": number, "id": str(number), "dateline": None, "source": "a.txt"}
    return ReleaseInfo(**{**defaults, **values})  # type: ignore[arg-type]


def passage(text: str, rank: int = 1, **values: object) -> CitedPassage:
    """A plain passage with some values of its own."""
    defaults = {"score": 0.5, "highlight": (0, 0), "paragraph": rank, "link": None}
    defaults |= {"rank": rank, "text": text, "release": info()}
    return CitedPassage(**{**defaults, **values})  # type: ignore[arg-type]


def infos(number: int = 0) -> st.SearchStrategy[ReleaseInfo]:
    """Any release with a number."""
    return st.builds(
        info,
        st.just(number),
        title=TEXT,
        date=DATE,
        url=URL,
        newsroom=st.one_of(st.none(), TEXT),
        source=TEXT,
    )


def several_infos(least: int, most: int) -> st.SearchStrategy[list[ReleaseInfo]]:
    """Different releases."""
    counts = st.integers(least, most)
    return counts.flatmap(lambda count: st.tuples(*map(infos, range(count))).map(list))


def summaries(least: int, most: int) -> st.SearchStrategy[list[ReleaseSummary]]:
    """Different releases with summaries."""
    return several_infos(least, most).flatmap(
        lambda infos: st.tuples(
            *(st.builds(ReleaseSummary, st.just(info), TEXT) for info in infos)
        ).map(list)
    )


@st.composite
def highlights(draw: st.DrawFn, text: str) -> tuple[int, int]:
    """Any span of a text, and some beyond its end."""
    start = draw(st.integers(0, len(text) + 1))
    return start, draw(st.integers(start, len(text) + 9))


@st.composite
def words_of(draw: st.DrawFn, highlight: tuple[int, int]) -> tuple[int, int] | None:
    """Any part of a highlight, or none."""
    start = draw(st.integers(*highlight))
    return draw(st.sampled_from([None, (start, draw(st.integers(start, highlight[1])))]))


@st.composite
def passages(draw: st.DrawFn, least: int = 0, most: int = 12) -> tuple[CitedPassage, ...]:
    """Passages of one to five releases, best first."""
    releases = draw(several_infos(1, 5))
    scores = sorted(draw(st.lists(st.floats(0, 1), min_size=least, max_size=most)), reverse=True)
    result = []
    for rank, score in enumerate(scores, start=1):
        text, release = draw(TEXT), draw(st.sampled_from(releases))
        highlight = draw(highlights(text))
        result.append(
            CitedPassage(
                rank=rank,
                score=score,
                text=text,
                highlight=highlight,
                words=draw(words_of(highlight)),
                paragraph=rank,
                link=draw(st.one_of(st.just(release.url), URL)),
                release=release,
                also=tuple(draw(several_infos(0, 5))),
            )
        )
    return tuple(result)


@st.composite
def parsed_queries(draw: st.DrawFn) -> ParsedQuery:
    """Any parsed question."""
    changes = draw(st.lists(st.tuples(SHORT, SHORT), max_size=3))
    return ParsedQuery(
        Question("Why?"),
        "why",
        SpellingCorrection("why", tuple(changes)),
        {},
        Filter(DAY, DAY, undated=draw(st.booleans())),
        period=Period("in 2024", DAY, DAY, DAY, DAY),
        latest=draw(st.booleans()),
        phrases=tuple(draw(st.lists(TEXT, max_size=3))),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any answer to any question."""
    answered = draw(st.booleans())
    return Answer(
        question=draw(st.sampled_from([Question(f"Why {draw(TEXT)}"[:4000]), Question("\u3164")])),
        answered=answered,
        reason=None if answered else draw(st.sampled_from(list(Reason))),
        confidence=0.5,
        passages=draw(passages(least=int(answered))),
        generation="g000001",
        milliseconds=1.0,
        ranking=Ranking(draw(parsed_queries()), ()),
    )
