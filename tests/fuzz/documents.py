"""The readers of documents: pages, mail, records, PDF, Word, and folders of them."""

import gzip
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from retrieval.release import Release
from retrieval.sources.jsonlines import InvalidRow, Row, read_json, read_rows
from retrieval.sources.reading import read_bytes, read_sources
from tests.fuzz.archives import archive_of, files_of, scratch
from tests.fuzz.mutations import mutate_bytes, mutated
from tests.fuzz.release_checks import check_release
from tests.retrieval.sources.docx_files import docx, paragraph, run
from tests.retrieval.sources.pdf_files import Text, assembled, pdf, stream

_COPIED = Path(__file__).parents[2] / "seeds" / "000_4a84fac55420aad7.txt"
TEXT = (
    "HARBOR CITY – Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday.\n\n"
    "“The bridge cost $48 million,” said Quill. It carries 31,000 vehicles a day."
)
HTML = f"""<!doctype html><html lang="en"><head><title>Bridge opens | Harbor</title>
<link rel="canonical" href="https://www.harbor.example/news/2024/03/18/bridge">
<meta property="article:published_time" content="2024-03-18T10:00:00Z">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Mayor Opens Bridge",
"datePublished": "2024-03-18"}}</script></head><body><nav><ul><li><a href="/">Home</a></ul></nav>
<main><h1>Mayor Opens Bridge</h1><time datetime="2024-03-18">March 18, 2024</time>
<p>{TEXT}</p><table><tr><th>Year<th>Cost<tr><td>2023<td>4</table><blockquote>More</blockquote>
<p>Contact: <a href="mailto:press@harbor.example">press</a></p></main><footer>©</footer></html>"""
_MARKDOWN = (
    f"---\ntitle: Mayor Opens Bridge\ndate: 2024-03-18\nauthor: {{name: Ada Quill}}\n"
    f"tags: [a, b]\n---\n\n# Bridge\n\n{TEXT}\n\n- one\n- two[^1]\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    f"+++\ntitle = 'Mayor Opens Bridge'\ndate = 2024-03-18\n+++\n{TEXT}",
    f'{{"title": "Mayor Opens Bridge", "date": "2024-03-18"}}\n\n{TEXT}\n\n'
    "> quoted\n\n    <p>x</p>",
)
RECORD = {
    "id": "bridge",
    "title": "Mayor Opens Bridge",
    "date": "2024-03-18",
    "url": "https://www.harbor.example/news/bridge",
    "text": TEXT,
    "author": [{"name": "Ada Quill"}, {"first": "Ann", "last": "Roe"}],
    "newsroom": {"name": "Harbor"},
    "tags": [1, 2.5, None, True],
}
_MAIL = (
    "From: Press <press@harbor.example>\nTo: all@harbor.example\n"
    "Subject: =?utf-8?q?Bridge_opens?=\n"
    "Date: Mon, 18 Mar 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
    'Content-Type: multipart/alternative; boundary="b"\n\n--b\n'
    f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{TEXT}\n--b\n"
    f"Content-Type: text/html; charset=utf-8\n\n<p>{TEXT}</p>\n--b--\n"
)
_SAVED_PAGE = (
    "From: <Saved by a browser>\nSnapshot-Content-Location: https://www.harbor.example/bridge\n"
    "Subject: Mayor Opens Bridge\nMIME-Version: 1.0\n"
    'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\n'
    "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n"
    "Content-Location: https://www.harbor.example/bridge\n\n"
    "<html><head><title>Bridge</title></head><body><main><h1>Mayor Opens Bridge</h1>"
    "<p>HARBOR CITY =E2=80=93 Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday, after=\n"
    " fourteen months of work.</p></main></body></html>\n--b--\n"
)


def encoded(*texts: str) -> tuple[bytes, ...]:
    """Texts as UTF-8."""
    return tuple(text.encode() for text in texts)


def page_seeds() -> tuple[bytes, ...]:
    """The page in ``seeds/`` as copied from a browser, and a plain text."""
    return (_COPIED.read_bytes(), *encoded(TEXT))


html_seeds = partial(encoded, HTML)
markdown_seeds = partial(encoded, *_MARKDOWN)
mail_seeds = partial(encoded, _MAIL)
saved_page_seeds = partial(encoded, _SAVED_PAGE)
record_seeds = partial(encoded, json.dumps(RECORD), json.dumps({"items": [RECORD]}))


@cache
def line_seeds() -> tuple[bytes, ...]:
    """Files of JSON Lines."""
    rows = [{**RECORD, "id": f"bridge-{number}"} for number in range(3)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    return encoded(text, text.replace("\n", "\r\n"), "\ufeff" + text)


@cache
def pdf_seeds() -> tuple[bytes, ...]:
    """A PDF of two pages, one with a compressed page and a form, and one with a table of codes."""
    lines = [
        Text(72, 720, "FOR IMMEDIATE RELEASE"),
        Text(72, 690, "Mayor Opens Bridge", 20, bold=True),
        Text(72, 650, "HARBOR CITY – Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday,"),
        Text(72, 636, "March 18, 2024, after fourteen months of work. It carries 31,000 vehicles."),
    ]
    more = [
        Text(72, 720, "It cost $48 million, which the council voted for in the winter of 2022,"),
        Text(72, 706, "after a debate of three hours."),
    ]
    plain = pdf(lines, more, title="Bridge")
    drawing = b"BT /F1 12 Tf 72 700 Td (It carries thirty-one thousand vehicles a day.) Tj ET /X Do"
    form = b"BT /F1 12 Tf 72 600 Td (The bridge cost forty-eight million dollars.) Tj ET"
    codes = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> "
        b"endcodespacerange 1 beginbfrange <20> <7E> <0020> endbfrange endcmap"
    )
    packed = zlib.compress(drawing)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>",
        3: b"<< /Type /Font /Subtype /TrueType /BaseFont /A /FirstChar 32 /LastChar 34 "
        b"/Widths [300 400 500] /ToUnicode 6 0 R >>",
        5: b"<< /Title (Bridge) >>",
        6: stream(codes),
        7: stream(form, "/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
                  "/Resources << /Font << /F1 3 0 R >> >>"),
        10: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 11 0 R /Resources "
        b"<< /Font << /F1 3 0 R >> /XObject << /X 7 0 R >> >> >>",
        11: stream(packed, "/Filter /FlateDecode"),
    }  # fmt: skip
    return (plain, assembled(objects))


@cache
def docx_seeds() -> tuple[bytes, ...]:
    """A Word document with a heading, a table, a link, hidden and inserted text and a footnote."""
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Year", "2023"))
    link = f'<w:hyperlink r:id="rId3">{run("the act")}</w:hyperlink>'
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    made = docx(
        paragraph("March 18, 2024"),
        paragraph("Mayor Opens Bridge", style="Title"),
        paragraph(TEXT.partition("\n")[0], link, run("hidden", "<w:vanish/>"), note),
        f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>",
        f'<w:p><w:ins w:author="a">{run("Inserted text of the release.")}</w:ins></w:p>',
        footnotes=f'<w:footnote w:id="2">{paragraph("A note.")}</w:footnote>',
    )
    return (archive_of(files_of(made), zipfile.ZIP_DEFLATED),)


def document(suffix: str) -> Callable[[bytes], None]:
    """Reads a file whose name ends so."""
    return partial(_read_document, suffix)


def _read_document(suffix: str, data: bytes) -> None:
    check_release(read_bytes(data, suffix))


def mutated_pdf(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """A PDF with damaged objects, whose places are told right, or damaged as a whole."""
    picked = random.Random(f"{name}:{number}")
    data = picked.choice(seeds)
    if picked.randrange(4) == 0:
        return mutated(seeds, name, number)
    objects = {int(found[1]): found[2] for found in _OBJECT.finditer(data)}
    for _ in range(picked.randint(1, 3)):
        chosen = picked.choice(list(objects))
        match picked.randrange(6):
            case 0:
                objects[chosen] = objects[picked.choice(list(objects))]
            case 1:
                values = _VALUE.findall(objects[chosen])
                if values:
                    value = picked.choice(
                        (*_ODD, *values, b"%d 0 R" % picked.choice(list(objects)))
                    )
                    objects[chosen] = objects[chosen].replace(picked.choice(values), value, 1)
            case 2 | 3:
                objects[chosen] = _with_other_content(objects[chosen], seeds, picked)
            case _:
                objects[chosen] = mutate_bytes(objects[chosen], seeds, picked)
    return assembled(objects)


_OBJECT = re.compile(rb"(?ms)^(\d+) 0 obj\n(.*?)\nendobj$")
_VALUE = re.compile(rb"/\w+|\d+ 0 R|\[[^\]]*\]|\d+")
_STREAM = re.compile(rb"(?s)(.*\nstream\n)(.*)(\nendstream)")
_ODD = (
    b"null", b"-1", b"0", b"9" * 30, b"[]", b"<<>>", b"(a)", b"<61>", b"true", b"/Flate", b"1e9",
    b"[/FlateDecode /FlateDecode]", b"/LZWDecode", b"/ASCII85Decode", b"/DCTDecode", b"10 0 R",
)  # fmt: skip


def _with_other_content(content: bytes, seeds: Sequence[bytes], picked: random.Random) -> bytes:
    """A stream with other instructions, compressed as it was."""
    found = _STREAM.fullmatch(content)
    if not found:
        return mutate_bytes(content, seeds, picked)
    packed = b"FlateDecode" in found[1]
    try:
        drawing = zlib.decompress(found[2]) if packed else found[2]
    except zlib.error:
        drawing = found[2]
    changed = mutate_bytes(drawing, seeds, picked)
    return found[1] + (zlib.compress(changed) if packed else changed) + found[3]


def read_records(data: bytes) -> None:
    """Read a JSON file."""
    for row in read_json(data):
        _check_row(row)


def read_lines(data: bytes) -> None:
    """Read a file of JSON Lines: each line that has a record is a release, or has a reason."""
    with scratch() as folder:
        file = folder / "releases.jsonl"
        file.write_bytes(data)
        rows = list(read_rows(file))
    for row in rows:
        _check_row(row)
    numbers = [n for n, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    assert [row.line for row in rows] == numbers, "no line is passed over in silence"


def _check_row(row: Row | InvalidRow) -> None:
    if isinstance(row, Row):
        check_release(row.draft)
        assert row.draft.id
        row.digest()
    else:
        assert row.reason


_SUFFIXES = (
    ".txt", ".md", ".html", ".eml", ".mht", ".jsonl", ".jsonl.gz", ".json", ".pdf", ".docx",
)  # fmt: skip


@cache
def folder_seeds() -> tuple[bytes, ...]:
    """Documents of every kind, each after the number of the ending that its name has."""
    contents = (
        page_seeds()[0], markdown_seeds()[0], html_seeds()[0], mail_seeds()[0],
        saved_page_seeds()[0], line_seeds()[0], gzip.compress(line_seeds()[0], mtime=0),
        record_seeds()[0], pdf_seeds()[0], docx_seeds()[0],
    )  # fmt: skip
    return tuple(bytes([kind]) + content for kind, content in enumerate(contents))


def mutated_file(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """A damaged document; one of five has the name of another kind."""
    picked = random.Random(f"{name}:kind:{number}")
    data = mutated(seeds, name, number)
    return (
        bytes([picked.randrange(len(_SUFFIXES))]) + data[1:] if picked.randrange(5) == 0 else data
    )


def read_folder(data: bytes) -> None:
    """Read a folder with a good document and one with any content: the good one is read."""
    kind = data[0] % len(_SUFFIXES) if data else 0
    with scratch() as folder:
        (folder / "good.md").write_bytes(markdown_seeds()[0])
        (folder / f"other{_SUFFIXES[kind]}").write_bytes(data[1:])
        documents = list(read_sources([folder]))
        assert sorted(each.name for each in folder.iterdir()) == sorted(
            ("good.md", f"other{_SUFFIXES[kind]}")
        )
    releases = [each for each in documents if isinstance(each, Release)]
    assert any(each.source.endswith("good.md") for each in releases)
    if data[1:].strip():
        named = [str(getattr(each, "source", each)) for each in documents]
        assert any("other" in each for each in named), "the other one is read, or said to be not"
