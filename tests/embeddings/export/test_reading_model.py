import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from embeddings.export.reading_model import (
    ReadingModel,
    load_bert,
    load_reading_model,
    save_reading_model,
)
from embeddings.export.source import is_reading_model
from embeddings.loading import open_reranker
from embeddings.models import WEIGHTS, find_model
from embeddings.onnx.reader import OnnxReader
from embeddings.reranker import SourcedText
from tests.embeddings.tiny_models import first_score

TOKENS = torch.tensor([[101, 2129, 102, 1996, 2958, 102], [101, 2040, 102, 8900, 4015, 102]])


def output(model):
    """Both outputs for two rows of tokens, the second one short of its last two."""
    mask = torch.ones_like(TOKENS)
    mask[1, 4:] = 0
    with torch.inference_mode():
        return model(input_ids=TOKENS, attention_mask=mask)


def test_what_is_saved_is_loaded_again(tiny_reader_checkpoint, tmp_path):
    model = load_reading_model(tiny_reader_checkpoint)
    save_reading_model(model, tmp_path / "new")
    for own, expected in zip(
        output(load_reading_model(tmp_path / "new")), output(model), strict=True
    ):
        assert torch.equal(own, expected)


def test_it_has_two_scores_for_a_text_and_two_for_each_token(tiny_reader_checkpoint):
    scores, spans = output(load_reading_model(tiny_reader_checkpoint))
    assert (scores.shape, spans.shape) == ((2, 2), (2, 6, 2))
    assert not torch.equal(scores[0], scores[1])


def test_nothing_is_dropped_at_random_in_training(tiny_reader_checkpoint):
    model = load_reading_model(tiny_reader_checkpoint).train()
    for own, expected in zip(output(model), output(model), strict=True):
        assert torch.equal(own, expected)


def test_one_begins_with_a_sentence_encoder_and_new_heads(tiny):
    model = load_reading_model(tiny.path)
    assert isinstance(model, ReadingModel)
    stored = load_file(tiny.path / WEIGHTS)
    for name, weights in model.bert.state_dict().items():
        assert torch.equal(weights, stored[name])
    assert torch.equal(
        output(load_bert(tiny.path)).last_hidden_state, output(model.bert).last_hidden_state
    )


def test_one_begins_with_a_cross_encoder_of_one_score_which_is_both_of_its_own(
    tiny_reader_checkpoint, tmp_path
):
    first_score(tiny_reader_checkpoint, tmp_path / "cross-encoder")
    scores, _ = output(load_reading_model(tmp_path / "cross-encoder"))
    (expected, _) = output(load_reading_model(tiny_reader_checkpoint))
    assert torch.equal(scores[:, 0], expected[:, 0])
    assert torch.equal(scores[:, 0], scores[:, 1])


@pytest.mark.parametrize("load", [load_reading_model, load_bert])
def test_weights_of_another_architecture_are_an_error(tiny, tmp_path, load):
    (tmp_path / "config.json").write_bytes((tiny.path / "config.json").read_bytes())
    other = {
        name.replace("encoder.", "transformer."): value
        for name, value in load_file(tiny.path / WEIGHTS).items()
    }
    save_file(other, tmp_path / WEIGHTS)
    with pytest.raises(ValueError, match="not those of a BERT encoder"):
        load(tmp_path)


def test_a_reader_is_told_from_other_models(tiny, tiny_reader_checkpoint, tmp_path):
    assert is_reading_model(tiny_reader_checkpoint)
    assert not is_reading_model(tiny.path)
    assert not is_reading_model(tmp_path)


def test_a_reader_in_training_is_exported_and_read_with(tiny_reader_checkpoint, tmp_path):
    model = load_reading_model(tiny_reader_checkpoint).eval()
    reader = open_reranker(find_model(str(tiny_reader_checkpoint)), tmp_path, "float32")
    assert isinstance(reader, OnnxReader)
    (encoding,) = reader._session.tokenize([("Who?", "Mayor Quill opened the bridge.")])
    with torch.inference_mode():
        scores, spans = model(
            input_ids=torch.tensor([encoding.ids]),
            attention_mask=torch.tensor([encoding.attention_mask]),
            token_type_ids=torch.tensor([encoding.type_ids]),
        )
    np.testing.assert_allclose(
        reader._session.forward(encoding), torch.cat([scores, spans[0]]), atol=1e-4
    )
    (reading,) = reader.read("Who?", [SourcedText("", "Mayor Quill opened the bridge.")])
    assert [reading.score, reading.answers] == pytest.approx(scores[0].tolist(), abs=1e-4)
