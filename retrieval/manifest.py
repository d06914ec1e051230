"""What a generation says of itself: format, model, counts, and a checksum of each file."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from embeddings.models import file_sha256

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes and its hex sha256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation, described. ``files`` are by path within its folder."""

    generation: str
    created: datetime
    model: str
    fingerprint: str
    dimensions: int
    releases: int
    paragraphs: int
    passages: int
    refused: int
    files: dict[str, FileSum]
    format: int = FORMAT

    def to_json(self) -> str:
        """The manifest as it stands in ``manifest.json``, with a checksum of its own."""
        values = asdict(self) | {"created": self.created.isoformat()}
        return json.dumps(values | {"sha256": _sum(values)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read it back. Raises `ValueError`, `KeyError` or `TypeError` where it is not one."""
        values = json.loads(text)
        if values.pop("sha256") != _sum(values):
            raise ValueError("its checksum is not the one that it names")
        values["created"] = datetime.fromisoformat(values["created"])
        values["files"] = {name: FileSum(**sums) for name, sums in values["files"].items()}
        return cls(**values)


def _sum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def file_sums(folder: Path) -> dict[str, FileSum]:
    """Size and checksum of every file below ``folder``, the manifest aside."""
    return {
        path.relative_to(folder).as_posix(): FileSum(path.stat().st_size, file_sha256(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
