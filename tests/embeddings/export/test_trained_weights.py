import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors.numpy import load_file, save_file

from embeddings import bundled
from embeddings.export import trained_weights
from embeddings.export.trained_weights import pack, save_packed, unpack, write_checkpoint
from embeddings.models import WEIGHTS

FLOATS = st.floats(-4, 4, width=32)
MATRIX = arrays(np.float32, (3, 5), elements=FLOATS)
VECTOR = arrays(np.float32, 5, elements=FLOATS)


@pytest.mark.parametrize("prefix", ["", "bert."])
@given(MATRIX, MATRIX, MATRIX, VECTOR, VECTOR)
def test_what_is_packed_is_the_trained_model_again_but_for_rounding(prefix, a, b, c, before, after):
    base = {"dense.weight": a, "dense.bias": before, "embeddings.word.weight": c, "kept": before}
    trained = {prefix + name: value for name, value in base.items()}
    trained |= {f"{prefix}dense.weight": b, f"{prefix}dense.bias": after}
    trained |= {"classifier.weight": b[:1], "span.weight": a[:2]}
    weights = unpack(base, pack(base, trained, prefix), prefix)
    assert set(weights) == set(trained)
    for name, value in trained.items():
        if name.endswith(("dense.weight", "classifier.weight", "span.weight")):
            step = np.abs(value).max(axis=1, keepdims=True) / 127
            assert (np.abs(weights[name] - value) <= 0.51 * step + 1e-30).all()
        else:
            np.testing.assert_array_equal(weights[name], value)


def test_what_training_left_alone_is_not_packed():
    base = {"dense.weight": np.ones((2, 2), np.float32)}
    assert pack(base, {"bert.dense.weight": base["dense.weight"]}, "bert.") == {}


@pytest.fixture
def model_data(tmp_path, monkeypatch):
    """An empty folder instead of what ships."""
    folder = tmp_path / "model_data"
    folder.mkdir()
    for module in (bundled, trained_weights):
        monkeypatch.setattr(module, "MODEL_DATA", folder)
    return folder


def saved(folder, weights):
    folder.mkdir()
    save_file(weights, folder / WEIGHTS)
    return folder


def test_a_packed_encoder_is_written_as_a_checkpoint(base_model, model_data, tmp_path):
    trained = load_file(base_model.path / WEIGHTS)
    name = "encoder.layer.5.output.dense"
    trained[f"{name}.weight"] = trained[f"{name}.weight"] * np.float32(1.5)
    trained[f"{name}.bias"] = trained[f"{name}.bias"] + np.float32(1)
    save_packed("encoder", saved(tmp_path / "trained", trained))
    packed = load_file(model_data / "encoder.safetensors")
    assert set(packed) == {f"{name}.bias", f"{name}.weight", f"{name}.weight.scale"}
    assert packed[f"{name}.weight"].dtype == np.int8
    write_checkpoint("encoder", tmp_path / "written")
    written = load_file(tmp_path / "written" / WEIGHTS)
    for each, value in written.items():
        atol = 0.02 if each == f"{name}.weight" else 0
        np.testing.assert_allclose(value, trained[each], rtol=0, atol=atol)


def test_the_base_model_is_not_packed_as_a_trained_one(base_model, model_data, tmp_path):
    with pytest.raises(ValueError, match="nothing to pack"):
        save_packed("encoder", base_model.path)
    assert not list(model_data.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        lambda name, value: (f"0.model.{name}", value),
        lambda name, value: (name, value.astype(np.float16)),
        lambda name, value: (name, value[..., :-1]),
    ],
    ids=["renamed", "half", "narrow"],
)
def test_a_model_of_another_kind_is_not_packed(base_model, model_data, tmp_path, change):
    weights = load_file(base_model.path / WEIGHTS)
    changed = dict(change(name, np.ascontiguousarray(value)) for name, value in weights.items())
    with pytest.raises(ValueError, match=r"holds no encoder\..* it is no encoder to pack"):
        save_packed("encoder", saved(tmp_path / "other", changed))
    assert not list(model_data.iterdir())


def test_a_packed_reader_is_written_as_a_checkpoint(base_model, model_data, tmp_path):
    from embeddings.export.reading_model import load_reading_model, save_reading_model

    model = load_reading_model(base_model.path)
    save_reading_model(model, tmp_path / "trained")
    save_packed("reranker", tmp_path / "trained")
    heads = ("classifier", "span")
    packed = load_file(model_data / "reranker.safetensors")
    kinds = ("bias", "weight", "weight.scale")
    assert set(packed) == {f"{head}.{kind}" for head in heads for kind in kinds}
    write_checkpoint("reranker", tmp_path / "written")
    written = load_reading_model(tmp_path / "written").state_dict()
    assert written.keys() == model.state_dict().keys()
    for name, value in model.state_dict().items():
        is_packed = name in {f"{head}.weight" for head in heads}
        atol = value.abs().max().item() / 200 if is_packed else 0
        np.testing.assert_allclose(written[name], value, rtol=0, atol=atol)
