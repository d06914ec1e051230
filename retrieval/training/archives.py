"""Build the archives in which training questions are mined and weights are fitted.

    python -m retrieval.training.archives SHARED OUT [--model NAME]

``OUT/training`` has the releases of all questions, and as many others, of Congress and of
companies. Under ``OUT/fitting`` there are archives of every size around the questions of
``data/fitting.jsonl``: one release, twenty, all that one member published, three hundred, and that
of the training. Each folder has its ``releases.jsonl`` and its ``questions.jsonl``. None has a
release of the newsrooms that quality is reported on.
"""

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from embeddings.loading import load_encoder
from embeddings.models import DEFAULT_MODEL
from retrieval.archive import Archive
from retrieval.training.companies import is_for_development
from retrieval.training.remembering import RememberingEncoder
from retrieval.training.rows import Row, read_rows, write_rows

DATA = Path(__file__).parent / "data"
_TRAINING = ("questions.jsonl", "written.jsonl")
_FITTING = "fitting.jsonl"
_OTHERS = {"congress": 1300, "companies": 600}
_MEMBERS, _MEMBER_RELEASES = 12, 150
_SIZES = {"twenty": 20, "hundreds": 300}
_QUESTIONED = {"twenty": 8, "hundreds": 50}  # releases with questions in an archive of that size

_WHOLE = ("training", "fitting/all/000")


def publisher(row: Row) -> str:
    """Whose a release is: the member's, or a newsroom's."""
    member = row.get("member")
    name = member.get("name") if isinstance(member, dict) else member
    return str(name or row.get("domain") or row.get("newsroom"))


def others(releases: Sequence[Row], questioned: set[str], reserved: set[str]) -> set[str]:
    """Ids of further releases, of newsrooms that questions are asked over, none kept for measuring.

    Args:
        releases: all releases.
        questioned: the ids of those with questions.
        reserved: the newsrooms that are kept for measuring.
    """
    rng = random.Random(5)
    domains = {row["domain"] for row in releases if "domain" in row and row["id"] in questioned}
    congress = [
        row["id"]
        for row in releases
        if row.get("domain") in domains - reserved and row["id"] not in questioned
    ]
    companies = [
        row["id"]
        for row in releases
        if "domain" not in row and row["id"] not in questioned and not is_for_development(row)
    ]
    chosen = {"congress": congress, "companies": companies}
    return {
        id for name, ids in chosen.items() for id in rng.sample(ids, min(_OTHERS[name], len(ids)))
    }


def fitting_archives(
    questions: Sequence[Row], releases: Sequence[Row], training: set[str], reserved: set[str]
) -> dict[str, set[str]]:
    """The ids of the releases of each archive of the fitting, by its folder's name.

    Args:
        questions: those of the fitting.
        releases: all releases.
        training: the ids of the archive of the training.
        reserved: the newsrooms that are kept for measuring.
    """
    rng = random.Random(7)
    asked = Counter(row["release_id"] for row in questions if row["release_id"])
    ids = sorted(asked)
    rng.shuffle(ids)
    known = sorted(training)
    archives = {f"one/{number:03}": {id} for number, id in enumerate(ids)}
    for kind, size in _SIZES.items():
        step = _QUESTIONED[kind]
        for start in range(0, len(ids), step):
            part = ids[start : start + step]
            fill = rng.sample(known, min(size - len(part), len(known)))
            archives[f"{kind}/{start // step:03}"] = {*part, *fill}
    by_publisher: dict[str, list[str]] = {}
    for row in releases:
        if row.get("member") and row.get("domain") not in reserved:
            by_publisher.setdefault(publisher(row), []).append(row["id"])
    asked_of: Counter[str] = Counter()
    for name, own in by_publisher.items():
        asked_of[name] = sum(asked[id] for id in own)
    for number, (name, _) in enumerate(asked_of.most_common(_MEMBERS)):
        own = by_publisher[name]
        more = rng.sample(own, min(_MEMBER_RELEASES, len(own)))
        archives[f"member/{number:03}"] = {*more, *(id for id in own if asked[id])}
    archives["all/000"] = training | set(ids)
    return archives


def main() -> None:
    """Build all archives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    shared, out = arguments.shared, arguments.out
    reserved = set((shared / "qa/reserved_newsrooms.txt").read_text("utf-8").split())
    releases = [
        row
        for name in ("congress", "companies")
        for row in read_rows(shared / f"releases/{name}.jsonl.gz")
    ]
    questions = [row for name in _TRAINING for row in read_rows(DATA / name)]
    questions += read_rows(shared / "qa/training_questions.jsonl")
    fitting = read_rows(DATA / _FITTING)
    questioned = {row["release_id"] for row in (*questions, *fitting) if row["release_id"]}
    training = questioned | others(releases, questioned, reserved)
    archives = {"training": training}
    for name, ids in fitting_archives(fitting, releases, training, reserved).items():
        archives[f"fitting/{name}"] = ids
    encoder = RememberingEncoder(load_encoder(arguments.model, out / "models"), out / "vectors")
    by_id = {row["id"]: row for row in releases}
    for name, ids in archives.items():
        folder = out / name
        write_rows(folder / "releases.jsonl", (by_id[id] for id in sorted(ids)))
        asked = questions if name == "training" else fitting
        # What nothing answers, and names no nearest release, is asked where there are many.
        allowed = ids | {None} if name in _WHOLE else ids
        write_rows(folder / "questions.jsonl", (q for q in asked if q["release_id"] in allowed))
        report = Archive(folder, encoder).reindex([folder / "releases.jsonl"])
        encoder.save()
        print(f"{name}: {report.releases} releases, {report.paragraphs} paragraphs", flush=True)


if __name__ == "__main__":
    main()
