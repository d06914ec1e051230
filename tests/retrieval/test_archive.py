import logging
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from retrieval.archive import Archive
from retrieval.errors import IndexDamaged, IndexModel, IndexModelOutdated, NoIndex
from retrieval.index.folder_index import open_index
from retrieval.index.generations import current_folder
from retrieval.question import Question
from tests.conftest import NEWSROOMS
from tests.retrieval.conftest import write_releases

QUESTION = Question("How much did the bridge cost?")


@pytest.fixture
def changed(tmp_path):
    """The same releases but for what the bridge cost."""
    text = NEWSROOMS[0]["text"].replace("$48 million", "$49 million")
    rows = [NEWSROOMS[0] | {"text": text}, *NEWSROOMS[1:]]
    return write_releases(tmp_path / "changed.jsonl", rows)


def cost(archive):
    text = archive.ask(QUESTION).passages[0].text
    return text[text.index("$") :].split()[0]


def test_without_an_index_that_is_said_until_there_is_one(tmp_path, encoder, newsrooms_file):
    archive = Archive(tmp_path / "data", encoder)
    with pytest.raises(NoIndex):
        archive.ask(QUESTION)
    Archive(tmp_path / "data", encoder).reindex([newsrooms_file])
    assert cost(archive) == "$48"


def test_a_generation_that_another_publishes_is_taken_up(data, encoder, changed):
    archive = Archive(data, encoder)
    assert cost(archive) == "$48"
    kept = archive.index
    assert archive.index is kept
    Archive(data, encoder).reindex([changed])
    assert cost(archive) == "$49"
    assert archive.ask(QUESTION).generation == "g000003"


def test_questions_do_not_wait_while_a_new_generation_is_opened(
    data, encoder, changed, monkeypatch
):
    archive = Archive(data, encoder)
    assert cost(archive) == "$48"
    Archive(data, encoder).reindex([changed])
    opening, go_on = threading.Event(), threading.Event()

    def slowly(folder):
        opening.set()
        assert go_on.wait(30)
        return open_index(folder)

    monkeypatch.setattr("retrieval.index.folder_index.open_index", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cost, archive)
        assert opening.wait(30)
        assert cost(archive) == "$48"
        go_on.set()
        assert first.result() == "$49"
    assert cost(archive) == "$49"


def flip_a_byte(data):
    path = next(current_folder(data).glob("segments/*/vectors.npy"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def delete_the_folder(data):
    shutil.rmtree(current_folder(data))


def empty_the_pointer(data):
    (data / "CURRENT").write_text("")


def delete_the_pointer(data):
    (data / "CURRENT").unlink()


@pytest.mark.parametrize(
    "harm", [flip_a_byte, delete_the_folder, empty_the_pointer, delete_the_pointer]
)
def test_while_the_new_one_is_damaged_the_old_one_answers(
    data, encoder, source, changed, harm, caplog
):
    archive = Archive(data, encoder)
    assert cost(archive) == "$48"
    Archive(data, encoder).reindex([changed])
    harm(data)
    with caplog.at_level(logging.WARNING):
        assert [cost(archive) for _ in range(3)] == ["$48"] * 3
    assert "still serving g000002" in caplog.text
    Archive(data, encoder).reindex([changed])
    assert cost(archive) == "$49"


def test_a_damaged_index_is_opened_by_nobody(data, encoder):
    flip_a_byte(data)
    archive = Archive(data, encoder)
    for _ in range(2):
        with pytest.raises(IndexDamaged):
            archive.ask(QUESTION)


def test_an_index_of_another_model_is_not_searched(data, source, encoder, other_encoder):
    archive = Archive(data, other_encoder)
    with pytest.raises(IndexModel, match=r"rebuild it: verbatim index$") as caught:
        archive.ask(QUESTION)
    assert caught.value.indexed == encoder.model.name
    assert caught.value.wanted == other_encoder.model.name
    assert "\n" not in str(caught.value)
    archive.reindex([source])
    assert cost(archive) == "$48"
    with pytest.raises(IndexModel):
        Archive(data, encoder).ask(QUESTION)


def test_an_index_of_a_model_that_was_replaced_is_outdated(data, source, encoder, other_encoder):
    archive = Archive(data, other_encoder, replaced_models=[encoder.model.name])
    with pytest.raises(IndexModelOutdated, match=r"Rebuild it: verbatim index$") as caught:
        archive.ask(QUESTION)
    assert encoder.model.name in caught.value.rebuilding
    assert other_encoder.model.name in caught.value.rebuilding
    archive.reindex([source])
    assert cost(archive) == "$48"
    with pytest.raises(IndexModel):
        Archive(data, encoder, replaced_models=[encoder.model.name]).ask(QUESTION)


def test_whoever_serves_goes_on_when_another_model_takes_the_index_over(
    data, changed, encoder, other_encoder
):
    archive = Archive(data, encoder)
    assert cost(archive) == "$48"
    Archive(data, other_encoder).reindex([changed])
    assert cost(archive) == "$48"


def test_questions_are_answered_while_the_index_is_built(data, source, changed, encoder):
    archive = Archive(data, encoder)
    during = []

    def ask_too(progress):
        during.append((progress.stage, cost(archive)))

    with ThreadPoolExecutor(4) as pool:
        building = pool.submit(archive.reindex, [changed], on_progress=ask_too)
        asked = [pool.submit(cost, archive) for _ in range(12)]
    assert building.result().changed == 1
    assert set(during) == {("reading", "$48"), ("embedding", "$48"), ("writing", "$48")}
    assert {each.result() for each in asked} <= {"$48", "$49"}
    assert cost(archive) == "$49"
