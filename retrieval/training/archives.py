"""Build the two archives in which the candidates of training questions are mined.

    python -m retrieval.training.archives SHARED OUT

``OUT/archive-t`` has the releases of ``qa/training_questions.jsonl`` and 1,500 more of the same
newsrooms. ``OUT/archive-w`` draws on the other newsrooms: it has every release of the five largest,
the releases of ``data/questions.jsonl`` and ``data/validation.jsonl``, and 700 more. Neither has
releases of the newsrooms that quality is reported on.
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

_TEST_NEWSROOMS = frozenset(
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
_QUESTION_FILES = [
    Path(__file__).parent / "data" / name for name in ("questions.jsonl", "validation.jsonl")
]
_MORE_KNOWN, _MORE_OTHER, _LARGEST = 1500, 700, 5

Rows = Sequence[dict[str, Any]]


def _read_rows(path: Path) -> list[dict[str, Any]]:
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _release_ids(path: Path) -> set[str]:
    """Return the ids of the releases that a question file refers to."""
    return {row["release_id"] for row in _read_rows(path) if row["release_id"]}


def choose(releases: Rows, known: set[str], written: set[str]) -> dict[str, set[str]]:
    """Return the ids of the releases of each archive, by its name.

    Args:
        releases: all releases.
        known: the ids of the releases of the shared training questions.
        written: those of the question files in ``data``.
    """
    rng = random.Random(5)
    domain = {row["id"]: row["domain"] for row in releases}
    known_newsrooms = {domain[id] for id in known}
    unused = [id for id in domain if domain[id] in known_newsrooms and id not in known]
    others = Counter(
        name
        for name in domain.values()
        if name not in known_newsrooms and name not in _TEST_NEWSROOMS and name != "web.archive.org"
    )
    largest = {name for name, _ in others.most_common(_LARGEST)}
    small = [id for id in domain if domain[id] in others and domain[id] not in largest]
    return {
        "archive-t": known | set(rng.sample(unused, _MORE_KNOWN)),
        "archive-w": {id for id in domain if domain[id] in largest}
        | written
        | set(rng.sample(small, _MORE_OTHER)),
    }


def main() -> None:
    """Build both archives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    releases = _read_rows(arguments.shared / "releases/congress.jsonl.gz")
    known = _release_ids(arguments.shared / "qa/training_questions.jsonl")
    encoder = load_encoder(DEFAULT_MODEL, arguments.out / "models")
    written = set().union(*map(_release_ids, _QUESTION_FILES))
    for name, ids in choose(releases, known, written).items():
        folder = arguments.out / name
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "releases.jsonl"
        chosen = (json.dumps(row) + "\n" for row in releases if row["id"] in ids)
        source.write_text("".join(chosen), encoding="utf-8")
        report = Archive(folder, encoder).reindex([source])
        print(f"{name}: {report.releases} releases, {report.paragraphs} paragraphs")


if __name__ == "__main__":
    main()
