import gzip
import json
import sys

import pytest

from retrieval.index.folder_index import open_index
from retrieval.training import archives as archives_module
from retrieval.training.archives import fitting_archives, others, publisher
from retrieval.training.companies import is_for_development
from retrieval.training.rows import read_rows, write_rows

CONGRESS = [
    {
        "id": f"c{n}",
        "title": f"Release {n}",
        "text": "Text.",
        "domain": f"m{n % 20}.example",
        "member": f"Member {n % 20}",
    }
    for n in range(600)
]
COMPANIES = [
    {"id": f"b{n}", "title": f"Firm{n} Sells Ropes", "text": "Ropes.", "newsroom": "wire"}
    for n in range(100)
]
RELEASES = [*CONGRESS, *COMPANIES]
RESERVED = {"m19.example"}
ASKED = [f"c{n}" for n in range(0, 100, 5)]  # of the members 0, 5, 10 and 15
FITTING = [
    *({"id": f"q{id}", "release_id": id} for id in ASKED),
    {"id": "near", "release_id": ASKED[0]},
    {"id": "far", "release_id": None},
]
TRAINING = {f"c{n}" for n in range(0, 600, 3) if n % 20 != 19} | {f"b{n}" for n in range(50)}


@pytest.fixture(scope="module")
def archives():
    return fitting_archives(FITTING, RELEASES, TRAINING, RESERVED)


def of_kind(archives, kind):
    return [ids for name, ids in archives.items() if name.startswith(f"{kind}/")]


def test_there_is_an_archive_of_each_release_with_a_question(archives):
    assert sorted(map(sorted, of_kind(archives, "one"))) == sorted([id] for id in ASKED)


@pytest.mark.parametrize(("kind", "size", "each_has"), [("twenty", 20, 8), ("hundreds", 300, 50)])
def test_every_release_with_a_question_is_in_one_archive_of_each_size(
    archives, kind, size, each_has
):
    found = of_kind(archives, kind)
    assert set(ASKED) <= set.union(*found)
    assert len(found) == -(-len(ASKED) // each_has)
    for ids in found:
        assert len(ids) <= size
        assert ids <= TRAINING | set(ASKED)


def test_what_one_member_published_is_an_archive(archives):
    members = {row["id"]: row.get("member") for row in RELEASES}
    found = of_kind(archives, "member")
    names = [{members[id] for id in ids} for ids in found]
    assert all(len(each) == 1 for each in names)
    assert len(set.union(*names)) == len(found)
    most_asked = {"Member 0", "Member 5", "Member 10", "Member 15"}
    assert set.union(*names[:4]) == most_asked
    assert set(ASKED) <= set.union(*found)


def test_the_largest_has_all_of_the_training_and_of_the_questions(archives):
    assert archives["all/000"] == TRAINING | set(ASKED)


def test_nothing_of_a_newsroom_that_is_kept_for_measuring_is_in_any(archives):
    domains = {row["id"]: row.get("domain") for row in RELEASES}
    assert not {domains[id] for ids in archives.values() for id in ids} & RESERVED


def test_the_same_releases_give_the_same_archives(archives):
    assert fitting_archives(FITTING, RELEASES, TRAINING, RESERVED) == archives


def test_other_releases_are_of_newsrooms_with_questions_and_of_companies_that_train():
    questioned = {"c1", "c19", "b0"}
    found = others(RELEASES, questioned, RESERVED)
    by_id = {row["id"]: row for row in RELEASES}
    assert not found & questioned
    domains = {by_id[id]["domain"] for id in found if "domain" in by_id[id]}
    assert domains == {"m1.example"}
    companies = [by_id[id] for id in found if "domain" not in by_id[id]]
    assert 0 < len(companies) < len(COMPANIES)
    assert not any(map(is_for_development, companies))


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"member": "Ann Roe", "domain": "roe.example"}, "Ann Roe"),
        ({"member": {"name": "Ann Roe"}}, "Ann Roe"),
        ({"member": None, "domain": "roe.example"}, "roe.example"),
        ({"newsroom": "wire"}, "wire"),
    ],
)
def test_a_release_is_its_members_or_its_newsrooms(row, name):
    assert publisher(row) == name


def test_every_archive_is_built_with_the_questions_over_it(tmp_path, monkeypatch):
    shared, data, out = tmp_path / "shared", tmp_path / "data", tmp_path / "out"
    (shared / "releases").mkdir(parents=True)
    for name, rows in ("congress", CONGRESS[:60]), ("companies", COMPANIES[:10]):
        with gzip.open(shared / f"releases/{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    write_rows(shared / "qa/training_questions.jsonl", [question("a", "c1")])
    (shared / "qa/reserved_newsrooms.txt").write_text("m19.example\n")
    write_rows(data / "questions.jsonl", [question("b", "c2"), question("far", None)])
    write_rows(data / "written.jsonl", [question("c", "b0")])
    write_rows(data / "fitting.jsonl", [question("d", "c5"), question("e", "c5")])
    monkeypatch.setattr(archives_module, "DATA", data)
    monkeypatch.setattr(sys, "argv", ["archives", str(shared), str(out)])
    archives_module.main()

    def asked(name):
        return [row["id"] for row in read_rows(out / name / "questions.jsonl")]

    folders = {str(each.parent.relative_to(out)) for each in out.rglob("questions.jsonl")}
    names = ("one/000", "twenty/000", "hundreds/000", "all/000")
    assert folders >= {"training", *(f"fitting/{name}" for name in names)}
    assert sorted(asked("training")) == ["a", "b", "c", "far"]
    assert all(asked(f"fitting/{name}") == ["d", "e"] for name in names)
    for folder in folders:
        ids = {row["id"] for row in read_rows(out / folder / "releases.jsonl")}
        index = open_index(out / folder)
        assert {release.id for release in index.releases.select()} == ids
        assert not ids & {row["id"] for row in CONGRESS if row["domain"] in RESERVED}


def question(id, release):
    return {"id": id, "question": "Why?", "answer": None, "release_id": release}
