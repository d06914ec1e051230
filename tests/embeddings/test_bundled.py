import shutil
import subprocess
import sys

import numpy as np
import pytest

from embeddings import bundled
from embeddings.bundled import MODEL_DATA, bundled_export
from embeddings.errors import ModelDamaged
from embeddings.export.samples import QUESTIONS, sample_answers
from embeddings.models import find_model
from embeddings.onnx.encoder import OnnxEncoder
from embeddings.onnx.reranker import OnnxReranker
from tests.conftest import SEEDS

TASKS = ("encoder", "reranker")
PRECISIONS = ("float32", "int8")
QUESTION = "How much did the bridge cost?"
ANSWERS = [
    "The bridge cost $48 million and carries 31,000 vehicles a day.",
    "All four branches will open on Sundays.",
]


def open_bundled(task, precision, model):
    export = bundled_export(task, precision)
    return OnnxEncoder(model, export) if task == "encoder" else OnnxReranker("bundled", export)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_default_models_need_three_libraries_and_write_no_file(precision, tmp_path):
    code = (
        "import sys; from pathlib import Path;"
        "from embeddings.loading import load_encoder, load_reranker;"
        "from embeddings.models import DEFAULT_MODEL, DEFAULT_RERANKER;"
        "cache, precision = Path(sys.argv[1]), sys.argv[2];"
        "encoder = load_encoder(DEFAULT_MODEL, cache, precision);"
        "encoder.encode_queries(['one']); encoder.encode_passages(['one', 'two']);"
        "load_reranker(DEFAULT_RERANKER, cache, precision).scores('one', ['two']);"
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


def test_float32_scores_are_those_of_sentence_transformers(cross_encoder, default_model):
    reranker = open_bundled("reranker", "float32", default_model)
    texts = sample_answers()
    own = np.concatenate([reranker.scores(question, texts) for question in QUESTIONS])
    expected = np.concatenate([cross_encoder.scores(question, texts) for question in QUESTIONS])
    # torch may compute in bfloat16, of three digits.
    np.testing.assert_allclose(own, expected, atol=0.15)
    assert np.corrcoef(own, expected)[0, 1] >= 0.9999


def test_int8_scores_are_those_that_the_ranking_was_fitted_to(default_model):
    # On every processor. A newly trained reranker needs new weights of the ranking as well.
    scores = open_bundled("reranker", "int8", default_model).scores(QUESTION, ANSWERS)
    np.testing.assert_allclose(scores, [5.79982, -5.04448], atol=0.05)


def test_int8_scores_are_close_to_float32(default_model):
    texts = sample_answers()
    found = [
        np.concatenate(
            [open_bundled("reranker", each, default_model).scores(q, texts) for q in QUESTIONS]
        )
        for each in PRECISIONS
    ]
    assert np.corrcoef(found)[0, 1] >= 0.98


def test_the_publishers_files_may_be_links(default_model, package):
    for file in default_model.path.rglob("*.*"):
        link = package / "model" / file.relative_to(default_model.path)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(file)
    encoder = open_bundled("encoder", "float32", find_model())
    assert encoder.model.path == package / "model"
    assert encoder.encode_queries([QUESTION]).shape == (1, 384)


@pytest.fixture
def model_data(tmp_path, monkeypatch):
    """A copy of what ships, to be damaged."""
    copy = tmp_path / "model_data"
    shutil.copytree(MODEL_DATA, copy)
    monkeypatch.setattr(bundled, "MODEL_DATA", copy)
    return copy


@pytest.mark.parametrize("file", ["{}-{}.onnx", "{}-{}.json", "reranker.safetensors"])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed", "empty"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_damaged_file_is_an_error_that_says_what_to_do(model_data, file, damage, precision):
    damaged = model_data / file.format("reranker", precision)
    content = damaged.read_bytes()
    assert bundled_export("reranker", precision)
    if damage == "gone":
        damaged.unlink()
    elif damage == "changed":
        damaged.write_bytes(content[:-20] + b"?" + content[-19:])
    else:
        damaged.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    with pytest.raises(ModelDamaged, match="Reinstall Verbatim") as caught:
        bundled_export("reranker", precision)
    assert caught.value.path == model_data / f"reranker-{precision}.json"
    assert "\n" not in str(caught.value)


def test_what_ships_is_small_and_holds_each_weight_once():
    files = [path for path in MODEL_DATA.iterdir() if path.suffix != ".md"]
    assert sum(path.stat().st_size for path in files) <= 12 * 10**6
    assert all(path.stat().st_size < 10**5 for path in files if path.suffix == ".onnx")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_graphs_say_nothing_of_the_machine_that_made_them(task, precision):
    content = (MODEL_DATA / f"{task}-{precision}.onnx").read_bytes()
    assert b"site-packages" not in content
    assert b".py" not in content


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_how_close_it_comes_is_on_record(task, precision):
    info = bundled_export(task, precision).info
    assert (info.task, info.precision) == (task, precision)
    least = 0.9999 if precision == "float32" else 0.97
    assert least <= info.similarity <= info.mean_similarity <= 1.00001
