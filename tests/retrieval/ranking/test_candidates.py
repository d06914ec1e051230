import pytest

from retrieval.index.folder_index import open_index
from retrieval.index.scored_passages import Selection
from retrieval.indexing.build import build_index
from retrieval.ranking.candidates import CANDIDATES, candidate_rows, load_candidates
from retrieval.text.tokens import terms
from tests.retrieval.conftest import write_releases

LONG = " ".join(f"Village {n} will get part {n} of the money." for n in range(60))
ROWS = [
    {
        "id": f"r{n}",
        "title": f"Grant for Bridge {n}",
        "text": f"The bridge over river {n} gets a grant.\n\nIt will open in year {n}.",
    }
    for n in range(40)
] + [
    {
        "id": "plan",
        "title": "The Village Plan",
        "text": f"The plan would:\n\nPay for {12} wells\n\n{LONG}\n\nThe plan was praised.",
    }
]


@pytest.fixture(scope="module")
def index(encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bridges")
    build_index(folder / "data", [write_releases(folder / "r.jsonl", ROWS)], encoder)
    return open_index(folder / "data")


def found(index, encoder, question, selection=None):
    vector = encoder.encode_queries([question])[0]
    return candidate_rows(index.search(vector, index.idf(terms(question)), selection))


def test_the_best_first_guess_comes_first_and_so_many_are_looked_at(index, encoder):
    candidates = found(index, encoder, "Which grant does the bridge over river 7 get?")
    assert len(candidates.rows) == min(CANDIDATES, len(index.vectors))
    assert len(set(candidates.rows.tolist())) == len(candidates.rows)
    best = load_candidates(index, candidates)[0]
    assert (best.release.id, best.number) == ("r7", 1)
    assert best.cosine == pytest.approx(float(candidates.cosine[0]))


def test_a_good_release_brings_its_other_paragraphs(index, encoder):
    candidates = load_candidates(index, found(index, encoder, "the bridge over river 7"))
    places = [(each.release.id, each.number) for each in candidates]
    assert places.index(("r7", 2)) < 10


def test_only_what_is_allowed_is_found(index, encoder):
    only = Selection(phrases=("river 7",))
    candidates = load_candidates(index, found(index, encoder, "bridge", only))
    assert {each.release.id for each in candidates} == {"r7"}


def test_a_passage_is_the_part_that_was_embedded_under_its_lead_in(index, encoder):
    candidates = load_candidates(index, found(index, encoder, "village 58 wells plan"))
    plan = [each for each in candidates if each.release.id == "plan"]
    parts = [each.text for each in plan if each.number == 3]
    assert len(parts) == len(set(parts)) > 2
    assert {each.paragraph for each in plan if each.number == 3} == {LONG}
    assert all(part in LONG for part in parts)
    (wells,) = [each for each in plan if each.number == 2]
    assert wells.under == "The plan would:"
    assert wells.body.paragraphs[1] == wells.paragraph == wells.text
