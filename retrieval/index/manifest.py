"""The manifest of a generation: format, model, counts, and a checksum of each file."""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from embeddings.models import file_sha256

FORMAT = 8  # of a generation's files; a generation with another is rebuilt
MANIFEST = "manifest.json"
_SEGMENTS = "segments"
_SEGMENT = re.compile(r"s[0-9]{6,200}")


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes and its hex sha256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """What a segment is.

    Attributes:
        name: of its folder, the same in every generation that has it.
        documents: how many it has; likewise ``passages``.
        coded: whether its vectors are searched by sign codes.
        recall: the share, in 0..1, of the nearest passages that sign codes found when it was
            written; None if it has too few passages to need them.
    """

    name: str
    documents: int
    passages: int
    coded: bool
    recall: float | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is.

    Attributes:
        generation: its name.
        created: when it was built, in UTC.
        model: the name of its embedding model.
        fingerprint: identifies that model's files.
        dimensions: the length of a vector.
        releases: how many there are; likewise ``paragraphs`` and ``passages``.
        refused: how many documents could not be read.
        coded: whether the vectors of any of its segments are searched by sign codes.
        recall: the least recall of its segments; None if none has one.
        analysis: the version of the analyses that it stores.
        files: size and checksum of each file, by path in its folder.
        segments: what has its passages.
        format: the format of these files.
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
    segments: tuple[SegmentInfo, ...] = ()
    format: int = FORMAT

    def to_json(self) -> str:
        """The text of ``manifest.json``, which has a checksum of the manifest itself."""
        values = asdict(self) | {"created": self.created.isoformat()}
        return json.dumps(values | {"sha256": _checksum(values)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read that text. Raises `ValueError`, `KeyError` or `TypeError` where it is not one."""
        values = json.loads(text)
        if values.pop("sha256") != _checksum(values):
            raise ValueError("its checksum does not match")
        values["created"] = datetime.fromisoformat(values["created"])
        values["files"] = {name: FileSum(**sums) for name, sums in values["files"].items()}
        values["segments"] = tuple(SegmentInfo(**each) for each in values["segments"])
        manifest = cls(**values)
        sums = manifest.files.values()
        counts = (manifest.releases, manifest.paragraphs, manifest.passages, manifest.dimensions)
        of_segments = ((each.documents, each.passages) for each in manifest.segments)
        numbers = (*counts, *(each.size for each in sums), *chain.from_iterable(of_segments))
        texts = (manifest.generation, manifest.model, manifest.fingerprint)
        hashes = (each.sha256 for each in sums)
        if not all(type(each) is int and each >= 0 for each in numbers):
            raise ValueError("one of its numbers is none")
        if not all(isinstance(each, str) for each in (*texts, *hashes)):
            raise ValueError("one of its texts is none")
        if not all(_SEGMENT.fullmatch(each.name) for each in manifest.segments):
            raise ValueError("one of its segments has a name that none has")
        return manifest


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def segment_folder(generation: Path, name: str) -> Path:
    """The folder of a segment in that of a generation."""
    return generation / _SEGMENTS / name


def file_sums(folder: Path, known: Mapping[str, FileSum] | None = None) -> dict[str, FileSum]:
    """Size and checksum of every file below ``folder`` but the manifest, by path in it.

    Those of ``known`` are taken from there.
    """
    known = known or {}
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name != MANIFEST
        and path.relative_to(folder).as_posix() not in known
    ]
    return dict(known) | {
        path.relative_to(folder).as_posix(): FileSum(path.stat().st_size, sha256)
        for path, sha256 in zip(files, files_sha256(files), strict=True)
    }


def files_sha256(files: Sequence[Path]) -> list[str]:
    """The hex sha256 of each file, computed on all cores: hashing releases the interpreter lock."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(file_sha256, files))
