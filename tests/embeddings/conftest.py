import shutil
import sys

import pytest

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.export.reranker_weights import write_checkpoint
from embeddings.models import DEFAULT_MODEL_PACKAGE, find_model
from embeddings.reranker import CrossEncoderReranker
from tests.embeddings.tiny_models import tiny_encoder


@pytest.fixture(scope="session")
def default_model():
    return find_model()


@pytest.fixture(scope="session")
def encoder(default_model):
    """The default model as sentence-transformers runs it."""
    return SentenceTransformerEncoder(default_model)


@pytest.fixture(scope="session")
def reranker_checkpoint(tmp_path_factory):
    """The bundled reranker as a checkpoint for sentence-transformers."""
    folder = tmp_path_factory.mktemp("checkpoint")
    write_checkpoint(folder)
    return folder


@pytest.fixture(scope="session")
def cross_encoder(reranker_checkpoint):
    """The bundled reranker as sentence-transformers runs it."""
    return CrossEncoderReranker(find_model(str(reranker_checkpoint)))


@pytest.fixture(scope="session")
def tiny(default_model, tmp_path_factory):
    """A real encoder, but of one small layer."""
    folder = tmp_path_factory.mktemp("tiny") / "model"
    tiny_encoder(default_model.path, folder)
    return find_model(str(folder))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Another package of the default model's name, found before it."""
    folder = tmp_path / "site" / DEFAULT_MODEL_PACKAGE
    (folder / "model").mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, DEFAULT_MODEL_PACKAGE, raising=False)
    monkeypatch.syspath_prepend(folder.parent)
    return folder


@pytest.fixture
def model_copy(default_model, tmp_path):
    """A copy of the default model in another folder, to be changed; the weights are a link."""
    folder = tmp_path / "model copy"
    shutil.copytree(default_model.path, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(default_model.path / "model.safetensors")
    return folder
