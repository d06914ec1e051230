import shutil
import sys

import pytest

from embeddings.bundled import find_encoder
from embeddings.encoder import SentenceTransformerEncoder
from embeddings.export.trained_weights import write_checkpoint
from embeddings.models import BASE_MODEL, BASE_PACKAGE, DEFAULT_MODEL, find_model
from embeddings.reranker import CrossEncoderReranker
from tests.embeddings.tiny_models import first_score, tiny_encoder, tiny_reader


@pytest.fixture(scope="session")
def base_model():
    """The publisher's model."""
    return find_model(BASE_MODEL)


@pytest.fixture(scope="session")
def default_model():
    """The base model, trained further."""
    return find_encoder(DEFAULT_MODEL)


@pytest.fixture(scope="session")
def encoder(base_model):
    """The base model as sentence-transformers runs it."""
    return SentenceTransformerEncoder(base_model)


@pytest.fixture(scope="session")
def trained_encoder(tmp_path_factory):
    """The default encoder as sentence-transformers runs it."""
    folder = tmp_path_factory.mktemp("encoder")
    write_checkpoint("encoder", folder)
    return SentenceTransformerEncoder(find_model(str(folder)))


@pytest.fixture(scope="session")
def reader_checkpoint(tmp_path_factory):
    """The bundled reader as a checkpoint that can be trained further."""
    folder = tmp_path_factory.mktemp("reader")
    write_checkpoint("reranker", folder)
    return folder


@pytest.fixture(scope="session")
def reading_model(reader_checkpoint):
    """The bundled reader as torch runs it."""
    from embeddings.export.reading_model import load_reading_model

    return load_reading_model(reader_checkpoint).eval()


@pytest.fixture(scope="session")
def reranker_checkpoint(reader_checkpoint, tmp_path_factory):
    """A cross-encoder for sentence-transformers: the first of the reader's scores."""
    folder = tmp_path_factory.mktemp("cross encoder") / "model"
    first_score(reader_checkpoint, folder)
    return folder


@pytest.fixture(scope="session")
def cross_encoder(reranker_checkpoint):
    """A cross-encoder of one score, as sentence-transformers runs it."""
    return CrossEncoderReranker(find_model(str(reranker_checkpoint)))


@pytest.fixture(scope="session")
def tiny(base_model, tmp_path_factory):
    """A real encoder, but of one small layer."""
    folder = tmp_path_factory.mktemp("tiny") / "model"
    tiny_encoder(base_model.path, folder)
    return find_model(str(folder))


@pytest.fixture(scope="session")
def tiny_reader_checkpoint(base_model, tmp_path_factory):
    """A real reader, but untrained and of one small layer."""
    folder = tmp_path_factory.mktemp("tiny reader") / "model"
    tiny_reader(base_model.path, folder)
    return folder


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Another package of the base model's name, found before it."""
    folder = tmp_path / "site" / BASE_PACKAGE
    (folder / "model").mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, BASE_PACKAGE, raising=False)
    monkeypatch.syspath_prepend(folder.parent)
    return folder


@pytest.fixture
def model_copy(base_model, tmp_path):
    """A copy of the base model in another folder, to be changed; the weights are a link."""
    folder = tmp_path / "model copy"
    shutil.copytree(base_model.path, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(base_model.path / "model.safetensors")
    return folder
