"""What a generation says of itself: format, model, counts, and a checksum of each file."""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from embeddings.models import file_sha256

FORMAT = 5
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes and its hex sha256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation, described. ``files`` are by path within its folder.

    ``coded`` says whether its vectors are searched by codes; ``recall`` is the share of the true
    nearest that codes found when it was built, None where it has too few rows to need them.
    ``analysis`` is the version of the analyses that it keeps.
    """

    generation: str
    created: datetime
    model: str
    fingerprint: str
    dimensions: int
    releases: int
    paragraphs: int
    passages: int
    refused: int
    coded: bool
    recall: float | None
    analysis: int
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
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST]
    return {
        path.relative_to(folder).as_posix(): FileSum(path.stat().st_size, sha256)
        for path, sha256 in zip(files, files_sha256(files), strict=True)
    }


def files_sha256(files: Sequence[Path]) -> list[str]:
    """The hex sha256 of each file; on as many cores as there are, since hashing lets others run."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(file_sha256, files))
