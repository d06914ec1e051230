"""Small corpora of all that can come, change and go, and the folders that hold them."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.retrieval.conftest import write_releases
from tests.retrieval.sources.html.pages import LEAD, SENTENCES, article
from tests.retrieval.sources.pdf_files import Text, pdf

LONG = " ".join(f"Sentence {n} is about H.R. {n} of the plan." for n in range(60))
ABOUT = "The Harbour Board of Lindow has looked after the quay since 1893."
PARAGRAPHS = st.sampled_from(
    [
        "The mayor opened the bridge on Monday, fourteen months after the flood.",
        "THE MAYOR opened the bridge on Monday — fourteen months after the flood!",
        "Ferry fares are frozen for José’s island.",
        "What it does:",
        "###",
        ABOUT,
        LONG,
        LONG.upper(),
    ]
)
ROW = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Bridge Opens", "Ferry Fares", "Ferry fares!"]),
        "text": st.lists(PARAGRAPHS, min_size=1, max_size=3).map("\n\n".join),
        "date": st.sampled_from([None, "2024-01-01", "2024-01-02", "2025-06-01"]),
        "member": st.sampled_from([None, "Ada Roe"]),
        "domain": st.sampled_from([None, "roe.example", "lindow.example"]),
    }
)

_PDFS = [
    pdf(
        [Text(72, 720, "The harbour board asks the minister for forty million crowns in June.")],
        [Text(72, 720, "Its members have signed this letter in the presence of the mayor.")],
    ),
    pdf([Text(72, 720, "Ferry fares are frozen, as the board of the island has asked us to do.")]),
    pdf([Text(72, 720, SENTENCES[0])]),  # which repeats each page
]
_NAMES = st.sampled_from(["a.pdf", "b.pdf"])


@dataclass(frozen=True)
class SavedPage:
    """A saved page: how many of its sentences it has, what it links to, and its address."""

    sentences: int
    links: tuple[str, ...] = ()
    address: str = ""

    def html(self) -> str:
        """The page, whose links are in its text."""
        anchors = " ".join(f'<a href="{link}">the letter</a>' for link in self.links)
        sentences = "".join(f"<p>{each}</p>" for each in SENTENCES[: self.sentences])
        canonical = f'<link rel="canonical" href="{self.address}">' if self.address else ""
        return article(sentences, f"<p>{LEAD} See {anchors}</p>", head=canonical)


@dataclass(frozen=True)
class Corpus:
    """What a folder holds.

    Attributes:
        rows: records of JSON Lines, by id.
        monthly: how many releases of one newsroom, a month each, there are besides.
        closing: how many of these end with the same paragraph.
        pages: saved pages, by name.
        pdfs: PDFs beside the pages, by name.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    monthly: int = 0
    closing: int = 0
    pages: dict[str, SavedPage] = field(default_factory=dict)
    pdfs: dict[str, bytes] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Make this all that is in a folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        rows = [{"id": id, **row} for id, row in self.rows.items()]
        rows += [_monthly(number, number < self.closing) for number in range(self.monthly)]
        write_releases(folder / "releases.jsonl", rows)
        for name, page in self.pages.items():
            (folder / name).write_text(page.html())
        for name, data in self.pdfs.items():
            (folder / name).write_bytes(data)
        return folder


def _monthly(number: int, closing: bool) -> dict[str, Any]:
    return {
        "id": f"m{number}",
        "title": f"Part {number}",
        "text": f"Part {number} of the quay is new." + f"\n\n{ABOUT}" * closing,
        "date": f"{2022 + number // 12}-{number % 12 + 1:02}-05",
        "domain": "lindow.example",
    }


CORPORA = st.builds(
    Corpus,
    rows=st.dictionaries(st.sampled_from("abcdef"), ROW, min_size=1),
    monthly=st.sampled_from([0, 9, 10, 12]),
    closing=st.sampled_from([0, 4, 5, 12]),
    pages=st.dictionaries(
        st.sampled_from(["p.html", "q.html"]),
        st.builds(
            SavedPage,
            sentences=st.sampled_from([5, 6]),
            links=st.lists(_NAMES, max_size=2, unique=True).map(tuple),
            address=st.sampled_from(["", "https://roe.example/p.html", "https://roe.example/n/q"]),
        ),
    ),
    pdfs=st.dictionaries(_NAMES, st.sampled_from(_PDFS)),
)
