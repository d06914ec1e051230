"""Builds the two archives in which candidates of training questions are found.

    python -m retrieval.training.archives SHARED OUT

``OUT/archive-t`` holds the releases of ``qa/training_questions.jsonl`` and 1,500 more of the same
newsrooms; ``OUT/archive-w`` every release of the five newsrooms, of those that neither question set
uses, that publish most, the releases of ``questions.jsonl`` and ``validation.jsonl`` here, and 700
others of such newsrooms. None is of the newsrooms that quality is reported on.
"""

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.loading import load_encoder
from embeddings.models import DEFAULT_MODEL
from retrieval.archive import Archive

_REPORTED = frozenset(
    f"{name}.gov"
    for name in (
        "norcross.house",
        "lofgren.house",
        "www.hoeven.senate",
        "www.duckworth.senate",
        "www.bennet.senate",
        "www.fischer.senate",
    )
)
_WRITTEN = [
    Path(__file__).parent / "data" / name for name in ("questions.jsonl", "validation.jsonl")
]
_MORE, _OTHERS, _LARGEST = 1500, 700, 5

Rows = Sequence[dict[str, Any]]


def _jsonl(path: Path) -> list[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _sources(path: Path) -> set[str]:
    return {row["release_id"] for row in _jsonl(path) if row["release_id"]}


def choose(releases: Rows, asked: set[str], written: set[str]) -> dict[str, set[str]]:
    """The ids of the releases of each archive, by its name."""
    chance = random.Random(5)
    domain = {row["id"]: row["domain"] for row in releases}
    known = {domain[id] for id in asked}
    others = [id for id in domain if domain[id] in known and id not in asked]
    free = Counter(
        name
        for name in domain.values()
        if name not in known and name not in _REPORTED and name != "web.archive.org"
    )
    largest = {name for name, _ in free.most_common(_LARGEST)}
    small = [id for id in domain if domain[id] in free and domain[id] not in largest]
    return {
        "archive-t": asked | set(chance.sample(others, _MORE)),
        "archive-w": {id for id in domain if domain[id] in largest}
        | written
        | set(chance.sample(small, _OTHERS)),
    }


def main() -> None:
    """Build both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    releases = _jsonl(arguments.shared / "releases/congress.jsonl.gz")
    asked = _sources(arguments.shared / "qa/training_questions.jsonl")
    encoder = load_encoder(DEFAULT_MODEL, arguments.out / "models")
    written = set().union(*map(_sources, _WRITTEN))
    for name, ids in choose(releases, asked, written).items():
        folder = arguments.out / name
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "releases.jsonl"
        chosen = (json.dumps(row) + "\n" for row in releases if row["id"] in ids)
        source.write_text("".join(chosen), encoding="utf-8")
        report = Archive(folder, encoder).reindex([source])
        print(f"{name}: {report.releases} releases, {report.paragraphs} paragraphs")


if __name__ == "__main__":
    main()
