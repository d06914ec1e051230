"""A generation of each format that was ever released: it is opened, or rebuilt with one line.

``generations/N.tar.gz`` is a data folder as the version with that format wrote it.
"""

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from retrieval.index.generations import current_folder
from retrieval.index.manifest import FORMAT

GENERATIONS = Path(__file__).parent / "generations"
FORMATS = sorted(int(path.name.partition(".")[0]) for path in GENERATIONS.glob("*.tar.gz"))
QUESTION = "How much did the bridge cost?"


def unpack(format: int, folder: Path) -> str:
    """A data folder of a format, whose release is in the folder ``releases`` beside it."""
    (releases := folder / "releases").mkdir()
    shutil.copy(GENERATIONS / "releases.jsonl", releases / "rel.jsonl")
    with tarfile.open(GENERATIONS / f"{format}.tar.gz") as archive:
        archive.extractall(folder / "data", filter="data")
    sources = folder / "data" / "SOURCES"
    sources.write_text(sources.read_text().replace("RELEASES", str(releases)))
    return str(folder / "data")


def test_there_is_one_of_the_present_format() -> None:
    assert FORMATS[-1] == FORMAT


@pytest.mark.parametrize("format", FORMATS)
def test_it_is_opened_or_rebuilt_with_one_line(verbatim: Any, tmp_path: Path, format: int) -> None:
    data = unpack(format, tmp_path)
    status, out, err = verbatim("ask", QUESTION, "--data", data, "--json")
    assert status == 0, err
    assert "$48 million" in json.loads(out)["passages"][0]["text"]
    told = [line for line in err.splitlines() if line.startswith("verbatim: ")]
    rebuilt = (
        f"verbatim: rebuilding the index in {data}, which has format {format}: "
        f"this version of Verbatim reads {FORMAT}."
    )
    assert told == ([] if format == FORMAT else [rebuilt])
    status, _, err = verbatim("ask", QUESTION, "--data", data)
    assert (status, err) == (0, "")


def test_one_of_a_newer_format_is_refused_and_stays_as_it_is(verbatim: Any, tmp_path: Path) -> None:
    data = unpack(FORMAT, tmp_path)
    manifest = current_folder(Path(data)) / "manifest.json"
    newer = json.loads(manifest.read_text()) | {"format": FORMAT + 1}
    manifest.write_text(json.dumps(newer))
    for command in (["ask", QUESTION], ["releases"], ["doctor"]):
        status, out, err = verbatim(*command, "--data", data)
        assert status == 1
        assert f"has format {FORMAT + 1}, this version of Verbatim reads {FORMAT}" in out + err
    assert json.loads(manifest.read_text()) == newer
