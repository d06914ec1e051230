"""Inputs that are ZIP archives: folders as one input, Word documents, and backups."""

import io
import json
import random
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.fuzz.mutations import mutate_bytes, mutate_tree, mutated_json

_MEMORY = Path("/dev/shm")  # where flushing costs nothing
_HOSTILE = (
    "../outside",
    "/outside",
    "generations/../../outside",
    "generations/g000001/../../../outside",
    "..\\outside",
    "C:/outside",
    "web/a\0b",
    "web//a",
    "web/",
    "CURRENT/a",
    "state.sqlite/a",
    "./CURRENT",
    "lock",
    "state.backup.sqlite",
    "web/" + "a" * 300,
    "web/" + "a/" * 3000 + "b",
    "web/\u202e",
    "web/\ud83d",
    ".",
    "..",
    "",
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_CONTENTS = "verbatim-backup.json"


def packed(folder: Path) -> bytes:
    """A folder as an input."""
    return archive_of(
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    )


def archive_of(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of files by name, the same whenever it is made."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, method)
    return content.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    """The files of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@contextmanager
def unpacked(data: bytes) -> Iterator[Path]:
    """The folder that an input is, beside which nothing may be written."""
    with scratch() as folder:
        inside = folder / "data"
        inside.mkdir()
        for name, content in files_of(data).items():
            path = inside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield inside
        assert [each.name for each in folder.iterdir()] == ["data"], "written outside the folder"


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, which is deleted afterwards."""
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="verbatim-fuzz-", dir=place) as folder:
        yield Path(folder)


def mutated_members(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """One of the archives, damaged itself or in one to three of its members."""
    picked = random.Random(f"{name}:{number}")
    data = picked.choice(seeds)
    if picked.randrange(3) == 0:
        return mutate_bytes(data, seeds, picked)
    files = files_of(data)
    for _ in range(picked.randint(1, 3)):
        member = picked.choice(list(files))
        mutate = mutate_bytes if picked.randrange(4) == 0 else mutate_tree
        files[member] = mutate(files[member], [*files.values()], picked)
    return archive_of(files, picked.choice(_METHODS[:2]))


def mutated_backup(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """A backup, damaged as an archive, or made by somebody who means ill."""
    picked = random.Random(f"{name}:{number}")
    data = picked.choice(seeds)
    kind = picked.randrange(10)
    if kind < 4:
        return _damaged_directory(data, picked) if kind == 3 else mutate_bytes(data, seeds, picked)
    files = files_of(data)
    members = [(zipfile.ZipInfo(each), content) for each, content in files.items()]
    place = picked.randrange(len(members))
    info, content = members[place]
    match picked.randrange(7):
        case 0:
            info.filename = picked.choice(_HOSTILE)
        case 1:
            members.insert(place, (zipfile.ZipInfo(picked.choice(_HOSTILE)), b"outside"))
        case 2:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            members[place] = info, b"/etc/passwd"
        case 3:
            members[place] = info, mutate_bytes(content, [*files.values()], picked)
        case 4:
            del members[place]
        case 5:
            members.append(members[place])
        case _:
            pass
    for at, (info, content) in enumerate(members):
        if info.filename == _CONTENTS:
            with suppress(ValueError, TypeError):
                match picked.randrange(3):
                    case 0:
                        members[at] = info, mutated_json(content, picked)
                    case 1:
                        members[at] = info, _recounted(content, len(members) - 1)
    return _written(members, picked)


def _recounted(content: bytes, files: int) -> bytes:
    """The contents of a backup with another number of files."""
    return json.dumps({**json.loads(content), "files": files}).encode()


def _written(members: Sequence[tuple[zipfile.ZipInfo, bytes]], picked: random.Random) -> bytes:
    file = io.BytesIO()
    method = picked.choice(_METHODS)
    with zipfile.ZipFile(file, "w", method) as archive:
        archive._didModify = True
        for info, content in members:
            if info.filename in archive.NameToInfo:
                archive.NameToInfo.pop(info.filename)  # so that there is no warning
            copy = zipfile.ZipInfo("a", (2024, 1, 1, 0, 0, 0))
            copy.filename = info.filename.encode("utf-8", "replace").decode()
            copy.external_attr = info.external_attr
            archive.writestr(copy, content, method)
    return file.getvalue()


def _damaged_directory(data: bytes, picked: random.Random) -> bytes:
    """An archive with changed bytes where its members are described."""
    changed = bytearray(data)
    signature = picked.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"))
    places = [at for at in range(len(data)) if data.startswith(signature, at)]
    for _ in range(picked.randint(1, 3)):
        at = picked.choice(places) + picked.randrange(4, 46)
        if at < len(changed):
            changed[at] = picked.choice((0, 1, 9, 99, 0x7F, 0xFF, changed[at] ^ 1))
    return bytes(changed)
