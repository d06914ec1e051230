import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from embeddings import bundled
from embeddings.bundled import MODEL_DATA, bundled_export, find_encoder
from embeddings.errors import ModelDamaged
from embeddings.export.samples import QUESTIONS, sample_answers, sample_texts
from embeddings.loading import load_encoder
from embeddings.models import BASE_MODEL, DEFAULT_MODEL, find_model
from embeddings.onnx.encoder import OnnxEncoder
from embeddings.onnx.exports import write_info
from embeddings.onnx.reader import READER_WIDTH, OnnxReader
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import SourcedText
from tests.conftest import SEEDS

BUNDLED = ("encoder", "reranker", "base")
PRECISIONS = ("float32", "int8")
QUESTION = "How much did the bridge cost?"
ANSWERS = [
    SourcedText("", "The bridge cost $48 million and carries 31,000 vehicles a day."),
    SourcedText("", "All four branches will open on Sundays."),
]
INT8_SCORES = (1.75323, -6.60915)
"""Of `ANSWERS`. A newly trained reader has others, and needs new weights of the ranking as well."""


def open_reader(precision):
    return OnnxReader("bundled", bundled_export("reranker", precision))


@pytest.fixture
def model_data(tmp_path, monkeypatch):
    """A copy of what ships, to be damaged."""
    copy = tmp_path / "model_data"
    shutil.copytree(MODEL_DATA, copy)
    monkeypatch.setattr(bundled, "MODEL_DATA", copy)
    return copy


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_default_models_need_three_libraries_and_write_no_file(precision, tmp_path):
    code = (
        "import sys; from pathlib import Path;"
        "from embeddings.loading import load_encoder, load_reranker;"
        "from embeddings.models import DEFAULT_MODEL, DEFAULT_RERANKER;"
        "from embeddings.reranker import SourcedText;"
        "cache, precision = Path(sys.argv[1]), sys.argv[2];"
        "encoder = load_encoder(DEFAULT_MODEL, cache, precision);"
        "encoder.encode_queries(['one']); encoder.encode_passages(['one', 'two']);"
        "load_reranker(DEFAULT_RERANKER, cache, precision).read('one', [SourcedText('', 'two')]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "models"), precision],
        cwd=SEEDS.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    imported = set(ran.stdout.split())
    assert imported >= {"numpy", "onnxruntime", "tokenizers", "safetensors"}
    assert not imported & {
        "torch",
        "transformers",
        "sentence_transformers",
        "huggingface_hub",
        "onnx",
        "onnx_ir",
        "onnxscript",
    }
    assert ran.stderr == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.999), ("int8", 0.98)])
@pytest.mark.parametrize("kind", ["encode_queries", "encode_passages"])
def test_the_default_encoder_is_the_trained_one(trained_encoder, tmp_path, kind, precision, least):
    own = getattr(load_encoder(DEFAULT_MODEL, tmp_path, precision), kind)(sample_texts())
    expected = getattr(trained_encoder, kind)(sample_texts())
    cosines = np.vecdot(own, expected)
    assert (cosines.min() if precision == "float32" else cosines.mean()) >= least


def test_the_default_encoder_is_the_base_model_with_other_upper_layers(default_model, tmp_path):
    layers = load_file(MODEL_DATA / "encoder.safetensors")
    assert {name.split(".")[2] for name in layers} == {"3", "4", "5"}
    assert all(name.startswith("encoder.layer.") for name in layers)
    text = [QUESTION]
    default, base = (load_encoder(name, tmp_path) for name in (DEFAULT_MODEL, BASE_MODEL))
    assert default.encode_queries(text)[0] @ base.encode_queries(text)[0] < 0.9999
    assert (default.model.name, base.model.name) == (DEFAULT_MODEL, BASE_MODEL)
    assert default.model == default_model


def test_its_fingerprint_is_of_the_base_model_and_of_the_layers(
    default_model, base_model, model_data, monkeypatch
):
    assert default_model.fingerprint != base_model.fingerprint
    elsewhere = find_encoder(DEFAULT_MODEL)
    assert elsewhere.path != default_model.path
    assert elsewhere.fingerprint == default_model.fingerprint
    layers = model_data / "encoder.safetensors"
    layers.write_bytes(layers.read_bytes()[:-1] + b"?")
    description = model_data / "encoder-float32.json"
    info = bundled_export("base", "float32").info
    write_info(description, info, [model_data / "encoder-float32.onnx", layers])
    trained_anew = find_encoder(DEFAULT_MODEL).fingerprint
    assert trained_anew != default_model.fingerprint
    changed = replace(base_model, fingerprint="another")
    monkeypatch.setattr(bundled, "find_model", lambda name: changed)
    assert find_encoder(DEFAULT_MODEL).fingerprint not in {trained_anew, default_model.fingerprint}


def test_float32_output_of_the_reader_is_that_of_the_torch_model(reading_model):
    import torch

    session = OnnxSession(bundled_export("reranker", "float32"))
    assert session.info.dimensions == READER_WIDTH
    pairs = [(question, text) for question in QUESTIONS for text in sample_answers()]
    for encoding in session.tokenize(pairs):
        with torch.inference_mode():
            scores, spans = reading_model(
                input_ids=torch.tensor([encoding.ids]),
                attention_mask=torch.tensor([encoding.attention_mask]),
                token_type_ids=torch.tensor([encoding.type_ids]),
            )
        expected = torch.cat([scores, spans[0]]).numpy()
        np.testing.assert_allclose(session.forward(encoding), expected, atol=2e-3)


def test_int8_scores_are_those_that_the_ranking_was_fitted_to():
    readings = open_reader("int8").read(QUESTION, ANSWERS)  # on every processor
    np.testing.assert_allclose([each.score for each in readings], INT8_SCORES, atol=0.05)


@pytest.mark.parametrize("number", ["score", "answers"])
def test_what_the_reader_says_in_int8_is_close_to_float32(number):
    texts = [SourcedText("", text) for text in sample_answers()]
    found = [
        [getattr(each, number) for q in QUESTIONS for each in open_reader(precision).read(q, texts)]
        for precision in PRECISIONS
    ]
    assert np.corrcoef(found)[0, 1] >= 0.98


def test_the_publishers_files_may_be_links(base_model, package):
    for file in base_model.path.rglob("*.*"):
        link = package / "model" / file.relative_to(base_model.path)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(file)
    encoder = OnnxEncoder(find_model(BASE_MODEL), bundled_export("base", "float32"))
    assert encoder.model.path == package / "model"
    assert encoder.encode_queries([QUESTION]).shape == (1, 384)


@pytest.mark.parametrize("model", ["encoder", "reranker"])
@pytest.mark.parametrize("file", ["{}-{}.onnx", "{}-{}.json", "{}.safetensors"])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed", "empty"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_damaged_file_is_an_error_that_says_what_to_do(
    model_data, model, file, damage, precision
):
    damaged = model_data / file.format(model, precision)
    content = damaged.read_bytes()
    assert bundled_export(model, precision)
    if damage == "gone":
        damaged.unlink()
    elif damage == "changed":
        damaged.write_bytes(content[:-20] + b"?" + content[-19:])
    else:
        damaged.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    with pytest.raises(ModelDamaged, match="Reinstall Verbatim") as caught:
        bundled_export(model, precision)
    assert caught.value.path == model_data / f"{model}-{precision}.json"
    assert "\n" not in str(caught.value)


def test_damaged_layers_are_not_taken_for_another_model(model_data):
    layers = model_data / "encoder.safetensors"
    layers.write_bytes(layers.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelDamaged, match="Reinstall Verbatim"):
        find_encoder(DEFAULT_MODEL)
    assert find_encoder(BASE_MODEL)


def test_what_ships_is_small_and_holds_each_weight_once():
    files = [path for path in MODEL_DATA.iterdir() if path.suffix != ".md"]
    assert sum(path.stat().st_size for path in files) <= 18 * 10**6
    assert all(path.stat().st_size < 10**5 for path in files if path.suffix == ".onnx")


@pytest.mark.parametrize("model", BUNDLED)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_graphs_say_nothing_of_the_machine_that_made_them(model, precision):
    content = (MODEL_DATA / f"{model}-{precision}.onnx").read_bytes()
    assert b"site-packages" not in content
    assert b".py" not in content


@pytest.mark.parametrize("model", BUNDLED)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_how_close_it_comes_is_on_record(model, precision):
    info = bundled_export(model, precision).info
    assert info.task == ("reranker" if model == "reranker" else "encoder")
    assert info.precision == precision
    least = 0.9999 if precision == "float32" else 0.97
    assert least <= info.similarity <= info.mean_similarity <= 1.00001
