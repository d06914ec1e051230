"""Encoders as folders that other libraries load."""

from pathlib import Path

from embeddings.bundled import BUNDLED_ENCODERS
from embeddings.export.trained_weights import write_checkpoint
from embeddings.models import find_model


def encoder_checkpoint(name: str, data: Path) -> Path:
    """A model's folder; that of a model that ships is written below ``data``."""
    if bundled := BUNDLED_ENCODERS.get(name):
        folder = data / "peers" / f"checkpoint-{bundled}"
        write_checkpoint(bundled, folder)
        return folder
    return find_model(name).path
