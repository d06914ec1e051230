import shutil

import pytest

from embeddings.models import find_model


@pytest.fixture(scope="session")
def bundled():
    return find_model()


@pytest.fixture
def model_copy(bundled, tmp_path):
    """A copy of the bundled model in another folder, to be changed; the weights are a link."""
    folder = tmp_path / "model copy"
    shutil.copytree(bundled.path, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(bundled.path / "model.safetensors")
    return folder
