"""The graphs of small cross-encoders of several architectures, with random weights."""

from collections import Counter

import numpy as np
import pytest

from embeddings.export.cache import read_export
from embeddings.export.worker import export_model
from embeddings.onnx.reranker import OnnxReranker
from embeddings.reranker import SourcedText

# Of each kind: what is its own in the configuration, and whether its attention is one operator.
KINDS = {
    "bert": ({}, True),
    "electra": ({"embedding_size": 16}, True),
    "modernbert": ({"local_attention": 16, "global_attn_every_n_layers": 2}, False),  # a window
    "deberta-v2": ({"relative_attention": True, "pos_att_type": ["p2c", "c2p"]}, False),
}
ONE_OPERATOR = [kind for kind, (_, one_operator) in KINDS.items() if one_operator]
LAYERS = 3
QUESTION = "How much did the bridge cost?"
TEXTS = ["It is long, and high. " * times for times in (0, 1, 20)]


@pytest.fixture(scope="module", params=KINDS)
def exported(request, base_model, tmp_path_factory):
    """A model's folder, its export, and whether its attention is one operator."""
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, set_seed

    special, one_operator = KINDS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    tokenizer = AutoTokenizer.from_pretrained(base_model.path)
    tokenizer.save_pretrained(folder / "model")
    config = AutoConfig.for_model(
        request.param,
        vocab_size=len(tokenizer),
        pad_token_id=0,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        num_labels=1,
        **special,
    )
    set_seed(3)
    model = AutoModelForSequenceClassification.from_config(config)
    for weights in model.parameters():
        weights.data *= 5  # else all texts would have about the same score
    model.save_pretrained(folder / "model")
    export_model("reranker", folder / "model", folder / "made", "float32", folder / "none")
    return folder / "model", read_export(folder / "made"), one_operator


def test_its_scores_are_the_models_own(exported):
    import torch
    from sentence_transformers import CrossEncoder

    folder, made, _ = exported
    expected = CrossEncoder(
        str(folder), device="cpu", max_length=192, activation_fn=torch.nn.Identity()
    ).predict([(QUESTION, text) for text in TEXTS])
    texts = [SourcedText("", text) for text in TEXTS]
    scores = [each.score for each in OnnxReranker("small", made).read(QUESTION, texts)]
    assert scores == pytest.approx(expected, abs=1e-4)
    assert np.std(expected) > 1e-2


def test_attention_is_one_operator_where_every_token_attends_to_every_other(exported):
    import onnx

    _, made, one_operator = exported
    counts = Counter(node.op_type for node in onnx.load(made.graph).graph.node)
    assert counts["Attention"] == (LAYERS if one_operator else 0)
    assert counts["Softmax"] == (0 if one_operator else LAYERS)


@pytest.mark.parametrize("exported", ONE_OPERATOR, indirect=True)
def test_the_last_layer_is_computed_for_the_first_token(exported):
    """Its queries and its feed-forward; keys and values are needed of all.

    Where attention is many operators this is not done in whole.
    """
    import onnx

    _, made, _ = exported
    graph = onnx.load(made.graph).graph
    producer = {output: node for node in graph.node for output in node.output}
    (*_, last) = (node for node in graph.node if node.op_type == "Attention")

    def narrowed(value):
        """Whether the first token is taken on the way to a value, before any attention."""
        node = producer.get(value)
        if node is None or node.op_type == "Attention":
            return False
        first = node.op_type == "Gather" and node.input[1].endswith("_first_index")
        return first or narrowed(node.input[0])

    assert [narrowed(value) for value in last.input[:3]] == [True, False, False]
