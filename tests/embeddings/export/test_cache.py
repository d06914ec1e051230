import json
import logging
import shutil
import subprocess
import sys

import pytest

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.export import graph
from embeddings.export.cache import NotExportable, ensure_export, export_status
from embeddings.models import find_model
from embeddings.onnx.encoder import OnnxEncoder, open_encoder
from embeddings.onnx.exported import (
    FORMAT,
    GRAPH,
    INFO,
    TOKENIZER,
    export_name,
    read_export,
    write_info,
)
from tests.conftest import SEEDS


@pytest.fixture(scope="session")
def tiny(bundled, tmp_path_factory):
    """A real model, but of one small layer, and one that takes the first piece's vector."""
    from sentence_transformers import SentenceTransformer
    from transformers import AutoConfig, AutoModel, set_seed

    folder = tmp_path_factory.mktemp("tiny") / "model"
    shutil.copytree(bundled.path, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    small = {"hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 64}
    config = AutoConfig.from_pretrained(folder, **small, num_attention_heads=2)
    set_seed(3)
    AutoModel.from_config(config).save_pretrained(folder)
    pooling = {"word_embedding_dimension": 32, "pooling_mode_cls_token": True}
    pooling |= {"pooling_mode_mean_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    prompts = {"prompts": {"query": "question: ", "document": "release: "}}
    about = json.loads((folder / "config_sentence_transformers.json").read_text())
    (folder / "config_sentence_transformers.json").write_text(json.dumps(about | prompts))
    assert SentenceTransformer(str(folder)).get_embedding_dimension() == 32
    return find_model(str(folder))


@pytest.fixture(scope="session")
def tiny_export(tiny, tmp_path_factory):
    cache = tmp_path_factory.mktemp("exports")
    return ensure_export("encoder", "tiny", tiny.fingerprint, lambda: tiny.path, cache, "float32")


@pytest.fixture
def copy(tiny, tiny_export, tmp_path):
    """The export in a folder of its own, to be damaged."""
    return shutil.copytree(tiny_export.folder, tmp_path / tiny_export.folder.name)


def test_prompts_and_pooling_are_the_models_own(tiny, tiny_export):
    about = tiny_export.info
    assert (about.query_prompt, about.passage_prompt) == ("question: ", "release: ")
    assert (about.dimensions, about.length, about.likeness) == (32, 256, pytest.approx(1))
    assert not list(tiny_export.folder.parent.glob("*.*/"))
    fast = OnnxEncoder(tiny, tiny_export.folder.parent, "float32")
    slow = SentenceTransformerEncoder(tiny)
    for kind in ("encode_queries", "encode_passages"):
        cosine = getattr(fast, kind)(["The mayor."]) @ getattr(slow, kind)(["The mayor."]).T
        assert cosine == pytest.approx(1, abs=1e-5)


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
    found = ensure_export(
        "encoder", "tiny", tiny.fingerprint, lambda: tiny.path, copy.parent, "float32"
    )
    assert found.folder == copy
    assert read_export(copy)
    assert not left.exists()


def test_an_export_of_an_older_format_is_made_anew_in_its_place(tiny, copy, monkeypatch):
    about = read_export(copy).info
    with monkeypatch.context() as older:
        older.setattr("embeddings.onnx.exported.FORMAT", FORMAT - 1)
        write_info(copy, about)
        assert read_export(copy)
    assert read_export(copy) is None
    found = ensure_export(
        "encoder", "tiny", tiny.fingerprint, lambda: tiny.path, copy.parent, "float32"
    )
    assert found.folder == copy
    assert [path for path in copy.parent.iterdir() if path.is_dir()] == [copy]


def test_two_processes_make_one_export(tiny, tmp_path):
    code = (
        "import sys; from pathlib import Path; from embeddings.models import find_model;"
        "from embeddings.export.cache import ensure_export; m = find_model(sys.argv[1]);"
        "cache = Path(sys.argv[2]);"
        "ensure_export('encoder', 'tiny', m.fingerprint, lambda: m.path, cache, 'float32');"
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
    said = sorted(process.communicate(timeout=120)[0].strip() for process in running)
    assert said == ["False", "False"]  # torch is a third process's
    name = export_name("encoder", tiny.fingerprint, "float32")
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {name, f"{name}.lock"}


def test_a_model_of_another_kind_is_run_by_sentence_transformers(bundled, tmp_path, caplog):
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled.path / "tokenizer.json"))
    weights = torch.randn(tokenizer.get_vocab_size(), 8).numpy()
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static]).save(str(tmp_path / "static"))
    model, cache = find_model(str(tmp_path / "static")), tmp_path / "cache"
    with caplog.at_level(logging.WARNING, "embeddings"):
        opened = open_encoder(model, cache, "int8")
    assert isinstance(opened, SentenceTransformerEncoder)
    assert opened.model == model  # float32: not the fingerprint of int8
    assert opened.encode_queries(["one"]).shape == (1, 8)
    assert [record.name for record in caplog.records] == ["embeddings.onnx.encoder"]
    assert "\n" not in caplog.text.strip()
    assert export_status("encoder", model.fingerprint, cache, "int8").refused

    def not_again():
        raise AssertionError

    with pytest.raises(NotExportable):
        ensure_export("encoder", "static", model.fingerprint, not_again, cache, "int8")


def test_a_model_that_loses_too_much_in_int8_is_run_in_float32(tiny, tiny_export, monkeypatch):
    cache = tiny_export.folder.parent
    folder = cache / export_name("encoder", tiny.fingerprint, "int8")
    monkeypatch.setitem(graph._LEAST_INT8, "encoder", 1.1)
    graph.make(graph.Job("encoder", tiny.path, folder, "int8", tiny_export.folder))
    refused = export_status("encoder", tiny.fingerprint, cache, "int8").refused
    assert refused.startswith("its int8 output is not the model's: likeness")
    opened = open_encoder(tiny, cache, "int8")
    assert isinstance(opened, OnnxEncoder)
    assert (opened.precision, opened.model) == ("float32", tiny)


def test_a_cache_that_cannot_be_written_is_no_error(tiny, tmp_path):
    (tmp_path / "file").write_text("")
    opened = open_encoder(tiny, tmp_path / "file" / "cache", "float32")
    assert isinstance(opened, SentenceTransformerEncoder)
