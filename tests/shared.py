"""Data that is too large to ship: read where it is, and its tests skipped by name where not."""

import os
from pathlib import Path

import pytest


def shared(path: str) -> Path:
    """The file of that name in ``$SHARED_DATA`` (default: ``../shared``), or skip the test."""
    default = Path(__file__).parents[2] / "shared"
    found = Path(os.environ.get("SHARED_DATA", default)) / path
    if not found.exists():
        pytest.skip(f"needs {path} in $SHARED_DATA or {default}")
    return found
