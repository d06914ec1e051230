"""In which numbers a model computes, and what that means for vectors on disk."""

import hashlib
from dataclasses import replace
from typing import Literal, TypeAlias

from embeddings.models import Model

Precision: TypeAlias = Literal["float32", "int8"]
PRECISIONS: tuple[Precision, ...] = ("float32", "int8")

ENCODER_PRECISION: Precision = "float32"
"""Unless one is asked for: of the vectors of sentence-transformers nothing is lost."""

READER_PRECISION: Precision = "int8"
"""Unless one is asked for: the reader takes most of a question's time."""

_INT8 = " (int8)"


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
