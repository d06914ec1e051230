import numpy as np

from embeddings.bundled_reranker import bundled_reranker
from embeddings.export.samples import QUESTIONS, sample_pairs
from embeddings.loading import reranker_export_status
from embeddings.models import DEFAULT_RERANKER
from embeddings.onnx.reranker import OnnxReranker
from embeddings.reranker import CrossEncoderReranker


def test_it_reads_as_sentence_transformers_does(reranker, prepared):
    assert isinstance(reranker.opened(), OnnxReranker)
    original = CrossEncoderReranker("original", lambda: bundled_reranker(prepared))
    texts = [text for question, text in sample_pairs() if question == QUESTIONS[0]]
    found = np.concatenate([reranker.scores(question, texts) for question in QUESTIONS])
    expected = np.concatenate([original.scores(question, texts) for question in QUESTIONS])
    assert np.corrcoef(found, expected)[0, 1] >= 0.98


def test_what_it_lost_is_on_record(reranker, prepared):
    reranker.opened()
    info = reranker_export_status(DEFAULT_RERANKER, prepared, None).info
    assert info.precision == "int8"
    assert 0.95 <= info.likeness < 1
