import numpy as np

from embeddings.bundled_reader import bundled_reader
from embeddings.finding import reader_prepared
from embeddings.models import DEFAULT_READER
from embeddings.onnx_reader import OnnxReader
from embeddings.reader import CrossEncoderReader
from embeddings.samples import QUESTIONS, sample_pairs


def test_it_reads_as_sentence_transformers_does(reader, prepared):
    assert isinstance(reader.opened(), OnnxReader)
    original = CrossEncoderReader("original", lambda: bundled_reader(prepared))
    texts = [text for question, text in sample_pairs() if question == QUESTIONS[0]]
    found = np.concatenate([reader.scores(question, texts) for question in QUESTIONS])
    expected = np.concatenate([original.scores(question, texts) for question in QUESTIONS])
    assert np.corrcoef(found, expected)[0, 1] >= 0.98


def test_what_it_lost_is_on_record(reader, prepared):
    reader.opened()
    about = reader_prepared(DEFAULT_READER, prepared, None).about
    assert about.precision == "int8"
    assert 0.95 <= about.likeness < 1
