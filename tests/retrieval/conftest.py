import json
import shutil

import numpy as np
import pytest

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.models import BASE_MODEL, find_model
from retrieval.indexing.build import build_index
from tests.conftest import NEWSROOMS


class RememberingEncoder:
    """The real encoder; it need not encode a text again, since many a test has the same ones."""

    def __init__(self, encoder):
        self.model = encoder.model
        self.dimensions = encoder.dimensions
        self._encoder = encoder
        self._queries = {}
        self._passages = {}

    def encode_queries(self, texts):
        return self._vectors(texts, self._queries, self._encoder.encode_queries)

    def encode_passages(self, texts):
        return self._vectors(texts, self._passages, self._encoder.encode_passages)

    def _vectors(self, texts, known, encode):
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, encode(missing), strict=True))
        return np.stack([known[text] for text in texts])


class RecordingEncoder:
    """An encoder, and a list of the passages that it was given."""

    def __init__(self, encoder):
        self.model = encoder.model
        self.dimensions = encoder.dimensions
        self.passages = []
        self._encoder = encoder

    def encode_queries(self, texts):
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts):
        self.passages += texts
        return self._encoder.encode_passages(texts)


@pytest.fixture(scope="session")
def encoder(encoder):
    return RememberingEncoder(encoder)


@pytest.fixture
def recording(encoder):
    return RecordingEncoder(encoder)


@pytest.fixture(scope="session")
def other_encoder(tmp_path_factory):
    """Another model: the base model under another configuration."""
    folder = tmp_path_factory.mktemp("models") / "other"
    base = find_model(BASE_MODEL).path
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(base / "model.safetensors")
    settings = folder / "config_sentence_transformers.json"
    prompts = {"query": "question: ", "document": ""}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"prompts": prompts}))
    return RememberingEncoder(SentenceTransformerEncoder(find_model(str(folder))))


def write_releases(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def built_once(encoder, tmp_path_factory):
    """A data folder with two generations, and the releases that they are of. To be copied."""
    folder = tmp_path_factory.mktemp("built")
    source = write_releases(folder / "releases.jsonl", NEWSROOMS[1:])
    build_index(folder / "data", [source], encoder)
    write_releases(source, NEWSROOMS)
    build_index(folder / "data", [source], encoder)
    return folder


@pytest.fixture
def data(built_once, tmp_path):
    """A data folder of one's own with an index of four releases, in its second generation."""
    return shutil.copytree(built_once / "data", tmp_path / "data")


@pytest.fixture
def source(built_once):
    """What that index was read from."""
    return built_once / "releases.jsonl"
