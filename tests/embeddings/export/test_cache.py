import logging
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.export import cache as exports
from embeddings.export import graph, worker
from embeddings.export.cache import (
    NotExportable,
    ensure_export,
    export_folder,
    export_status,
    read_export,
)
from embeddings.export.worker import GRAPH, INFO
from embeddings.loading import open_encoder
from embeddings.models import TOKENIZER, find_model, in_precision
from embeddings.onnx.encoder import OnnxEncoder
from embeddings.onnx.exports import FORMAT, write_info
from tests.conftest import SEEDS


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="session")
def tiny_export(tiny, cache):
    return ensure_export("encoder", tiny, cache, "float32")


@pytest.fixture
def copy(tiny, tiny_export, tmp_path):
    """The export in a folder of its own, to be damaged."""
    folder = tiny_export.graph.parent
    return shutil.copytree(folder, tmp_path / folder.name)


@pytest.fixture
def without_extra(monkeypatch):
    """As if the packages of the extra were not installed."""
    monkeypatch.setattr(exports, "_NEEDED", ("a_package_that_is_nowhere",))


def test_prompts_and_pooling_are_the_models_own(tiny, tiny_export):
    info = tiny_export.info
    assert (info.query_prompt, info.passage_prompt) == ("question: ", "release: ")
    assert (info.dimensions, info.max_tokens, info.similarity) == (32, 256, pytest.approx(1))
    fast, slow = OnnxEncoder(tiny, tiny_export), SentenceTransformerEncoder(tiny)
    for kind in ("encode_queries", "encode_passages"):
        cosine = getattr(fast, kind)(["The mayor."]) @ getattr(slow, kind)(["The mayor."]).T
        assert cosine == pytest.approx(1, abs=1e-5)


def test_an_export_leaves_nothing_but_its_folder_and_its_lock(tiny_export, cache):
    name = tiny_export.graph.parent.name
    assert {path.name for path in cache.iterdir() if path.name.startswith(name)} == {
        name,
        f"{name}.lock",
    }


@pytest.mark.parametrize("file", [GRAPH, TOKENIZER, INFO])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed", "empty"])
def test_a_damaged_export_is_noticed(copy, file, damage):
    assert read_export(copy)
    content = (copy / file).read_bytes()
    if damage == "gone":
        (copy / file).unlink()
    elif damage == "changed":
        (copy / file).write_bytes(content[:-20] + b"?" + content[-19:])
    else:
        (copy / file).write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    assert read_export(copy) is None


@pytest.mark.parametrize("text", ["[]", "null", '{"sha256": 1}', "[" * 5000, "\udcff"])
def test_any_description_may_lie_there(copy, text):
    (copy / INFO).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read_export(copy) is None


def test_a_damaged_export_is_made_anew(tiny, copy):
    (copy / GRAPH).write_bytes(b"")
    left = copy.with_name(f"{copy.name}.half-written")
    left.mkdir()
    (left / GRAPH).write_bytes(b"half")
    export = ensure_export("encoder", tiny, copy.parent, "float32")
    assert export.graph.parent == copy
    assert read_export(copy)
    assert not left.exists()


def test_an_export_of_an_older_format_is_made_anew_in_its_place(tiny, copy, monkeypatch):
    info = read_export(copy).info
    with monkeypatch.context() as older:
        older.setattr("embeddings.onnx.exports.FORMAT", FORMAT - 1)
        write_info(copy / INFO, info, [copy / GRAPH, copy / TOKENIZER])
        assert read_export(copy)
    assert read_export(copy) is None
    export = ensure_export("encoder", tiny, copy.parent, "float32")
    assert export.graph.parent == copy
    assert [path for path in copy.parent.iterdir() if path.is_dir()] == [copy]


def test_two_processes_make_one_export_and_neither_imports_torch(tiny, tmp_path):
    code = (
        "import sys; from pathlib import Path; from embeddings.models import find_model;"
        "from embeddings.export.cache import ensure_export;"
        "ensure_export('encoder', find_model(sys.argv[1]), Path(sys.argv[2]), 'float32');"
        "print('torch' in sys.modules)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tiny.path), str(tmp_path / "cache")],
            cwd=SEEDS.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]
    printed = sorted(process.communicate(timeout=120)[0].strip() for process in running)
    assert printed == ["False", "False"]
    name = export_folder("encoder", tiny, tmp_path, "float32").name
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {name, f"{name}.lock"}


def test_a_model_of_another_kind_is_run_by_sentence_transformers(base_model, tmp_path, caplog):
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base_model.path / TOKENIZER))
    weights = torch.randn(tokenizer.get_vocab_size(), 8).numpy()
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static]).save(str(tmp_path / "static"))
    model, cache = find_model(str(tmp_path / "static")), tmp_path / "cache"
    with caplog.at_level(logging.WARNING, "embeddings"):
        opened = open_encoder(model, cache, "int8")
    assert isinstance(opened, SentenceTransformerEncoder)
    assert opened.model == model  # float32: not the fingerprint of int8
    assert opened.encode_queries(["one"]).shape == (1, 8)
    assert [record.name for record in caplog.records] == ["embeddings.loading"]
    assert "\n" not in caplog.text.strip()
    assert export_status("encoder", model, cache, "int8").refused
    before = sorted(cache.iterdir())
    with pytest.raises(NotExportable):
        ensure_export("encoder", model, cache, "int8")
    assert sorted(cache.iterdir()) == before


def test_a_model_that_loses_too_much_in_int8_is_run_in_float32(
    tiny, tiny_export, cache, monkeypatch, capsys
):
    monkeypatch.setitem(graph._LEAST_INT8, "encoder", 1.1)
    folder = export_folder("encoder", tiny, cache, "int8")
    arguments = ["encoder", tiny.path, folder, "int8", tiny_export.graph.parent]
    assert worker.main([str(each) for each in arguments]) == worker.NOT_EXPORTABLE
    reason = capsys.readouterr().out.splitlines()[-1]
    assert reason.startswith("its int8 output is not the model's (similarity ")
    exports._write_refusal(folder, reason)
    assert export_status("encoder", tiny, cache, "int8").refused == reason
    opened = open_encoder(tiny, cache, "int8")
    assert isinstance(opened, OnnxEncoder)
    assert opened.model == tiny


def test_int8_is_exported_too(tiny, tiny_export, tmp_path):
    folder = tiny_export.graph.parent
    shutil.copytree(folder, tmp_path / folder.name)
    export = ensure_export("encoder", tiny, tmp_path, "int8")
    assert export.info.precision == "int8"
    assert 0.98 <= export.info.mean_similarity < 1
    assert export.graph.stat().st_size < tiny_export.graph.stat().st_size / 2


def test_a_cache_that_cannot_be_written_is_no_error(tiny, tmp_path):
    (tmp_path / "file").write_text("")
    opened = open_encoder(tiny, tmp_path / "file" / "cache", "float32")
    assert isinstance(opened, SentenceTransformerEncoder)


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_without_the_extra_sentence_transformers_runs_it_and_one_line_says_how_to_speed_it_up(
    tiny, tmp_path, without_extra, caplog, precision
):
    with caplog.at_level(logging.INFO, "embeddings"):
        opened = open_encoder(tiny, tmp_path / "models", precision)
    assert isinstance(opened, SentenceTransformerEncoder)
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{tiny.name} runs slower than it could: ")
    assert "pip install 'verbatim-bot[export]'" in record.getMessage()
    assert not (tmp_path / "models").exists()
    status = export_status("encoder", tiny, tmp_path / "models", precision)
    assert "verbatim-bot[export]" in status.refused


def test_an_export_that_is_there_is_used_without_the_extra(tiny, tiny_export, cache, without_extra):
    assert isinstance(open_encoder(tiny, cache, "float32"), OnnxEncoder)


@pytest.mark.skipif(
    sys.platform != "linux", reason="the children of a process are read from /proc: run it on Linux"
)
def test_an_export_ends_with_the_process_that_waits_for_it(tiny, tmp_path):
    code = (
        "import sys; from pathlib import Path; from embeddings.models import find_model;"
        "from embeddings.export.cache import ensure_export;"
        "ensure_export('encoder', find_model(sys.argv[1]), Path(sys.argv[2]), 'float32')"
    )
    waiting = subprocess.Popen(
        [sys.executable, "-c", code, str(tiny.path), str(tmp_path)],
        cwd=SEEDS.parent,
        stderr=subprocess.DEVNULL,
    )
    children = f"/proc/{waiting.pid}/task/{waiting.pid}/children"
    while not (found := Path(children).read_text().split()):
        assert waiting.poll() is None
    worker = os.pidfd_open(int(found[0]))
    waiting.kill()
    waiting.wait()
    select.select([worker], [], [])  # until it has ended
    os.close(worker)
    # It ended without having done its work.
    assert not export_folder("encoder", tiny, tmp_path, "float32").exists()


def test_where_int8_cannot_be_kept_it_is_prepared_for_this_process(tiny, tmp_path, caplog):
    """An index in int8 can be searched with nothing else."""
    (tmp_path / "file").write_text("")
    opened = open_encoder(tiny, tmp_path / "file" / "cache", "int8")
    assert isinstance(opened, OnnxEncoder)
    assert opened.model == in_precision(tiny, "int8")
    assert "Set VERBATIM_MODELS to a folder that can be written" in caplog.text
