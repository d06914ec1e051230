"""Where links to passages lead in Chromium: to the passage, and to nothing else.

    python -m tests.benchmarks.links [--shared DIR] [--quick]

Of each of the 210 saved web pages in ``pages/`` three paragraphs are drawn, as the reader finds
them. The peer is a link with the first and the last five words, whatever else the release says.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html.reader import read_html
from retrieval.text.links import passage_link
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.browser.chromium import open_tab
from tests.browser.marked import Outcome, follow, page_server, read_page

_PER_PAGE = 3
_EDGE_WORDS = 5
_WHOLE_LENGTH = 60  # characters
_COLLECTIONS = ("newsrooms", "articles")


@dataclass(slots=True)
class Tally:
    """What became of the links of one method to the pages of one collection."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def scrolled(self) -> float:
        return sum(each.scrolled for each in self.outcomes) / max(1, len(self.outcomes))

    @property
    def alone(self) -> float:
        return sum(each.alone for each in self.outcomes) / max(1, len(self.outcomes))


def by_release(url: str, draft: ReleaseDraft, number: int) -> str:
    """The link that Verbatim makes."""
    return passage_link(url, draft.paragraphs, number, title=draft.title) or url


def by_five_words(url: str, draft: ReleaseDraft, number: int) -> str:
    """The first and the last five words: the peer."""
    words = draft.paragraphs[number - 1].split()
    whole = len(words) <= 2 * _EDGE_WORDS or len(" ".join(words)) <= _WHOLE_LENGTH
    parts = [words] if whole else [words[:_EDGE_WORDS], words[-_EDGE_WORDS:]]
    encoded = (quote(" ".join(part), safe="").replace("-", "%2D") for part in parts)
    return f"{url}#:~:text={','.join(encoded)}"


METHODS: dict[str, Callable[[str, ReleaseDraft, int], str]] = {
    "five words": by_five_words,
    "retrieval.text.links": by_release,
}


async def follow_all(options: Options) -> tuple[dict[tuple[str, str], Tally], int]:
    """The tallies by method and collection, and how many passages are not in their page's text."""
    chance, absent = random.Random(0), 0
    tallies = {(name, each): Tally() for name in METHODS for each in _COLLECTIONS}
    async with page_server() as server, open_tab() as tab:
        for collection in _COLLECTIONS:
            pages = sorted((options.shared / "pages" / collection).rglob("*.html.gz"))
            for path in pages[:: 10 if options.quick else 1]:
                server.html = read_page(path)
                try:
                    draft = read_html(server.html)
                except ValueError:  # nothing is cited of a page that has no text
                    continue
                numbers = range(1, len(draft.paragraphs) + 1)
                for number in chance.sample(numbers, min(_PER_PAGE, len(numbers))):
                    outcomes = {
                        name: await follow(
                            tab, method(server.address(), draft, number), draft.paragraphs, number
                        )
                        for name, method in METHODS.items()
                    }
                    absent += None in outcomes.values()
                    for name, outcome in outcomes.items():
                        if outcome:
                            tallies[name, collection].outcomes.append(outcome)
    return tallies, absent


def measure(options: Options) -> Part:
    """Follow every link of both methods."""
    tallies, absent = asyncio.run(follow_all(options))
    rows = [_row(name, each, tallies[name, each]) for name, each in tallies]
    total = {
        name: Tally([each for at in _COLLECTIONS for each in tallies[name, at].outcomes])
        for name in METHODS
    }
    rows += [_row(name, "all", tally) for name, tally in total.items()]
    note = (
        f"{absent} more passages are not in the text of their page as they are cited. A mark is "
        "exact if its first and last rows of pixels are those of the paragraph: not where it lies "
        "under a banner, or the paragraph around a picture."
    )
    table = Table(
        "Links to passages of saved pages, in Chromium",
        ("link", "pages", "passages", "scrolled to", "marked exactly"),
        tuple(rows),
        note,
    )
    ours = total["retrieval.text.links"].scrolled
    return Part(
        "Links to passages",
        "Whether a browser scrolls to the paragraph that a link names, and marks it alone.",
        (table,),
        targets=(Target("links that scroll to their passage", 0.99, "", ours, at_least=True),),
    )


def _row(name: str, pages: str, tally: Tally) -> tuple[str, ...]:
    count = f"{len(tally.outcomes)}"
    return (name, pages, count, f"{tally.scrolled:.3f}", f"{tally.alone:.3f}")


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
