"""What servers sent, compressed, in files by the hash of the content."""

import gzip
import hashlib
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path

from embeddings.errors import VerbatimError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class CopyUnusable(VerbatimError):
    """The copy of a site cannot be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"cannot use the copy of a web site in {path}: {reason}. Fix that, or delete the "
            "folder and add the site again"
        )
        self.path = path
        self.reason = reason


class PageFiles:
    """The files in a folder, each written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, body: bytes) -> str:
        """Keep a content and return its digest. Raises `CopyUnusable`."""
        digest = hashlib.sha256(body).hexdigest()
        path = self._path(digest)
        if path.is_file():
            return digest
        new = path.with_suffix(".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(gzip.compress(body, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError as error:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise CopyUnusable(self._folder.parent, error.strerror or str(error)) from error
        return digest

    def read(self, digest: str) -> bytes:
        """Return the content with a digest.

        Raises:
            ValueError: if it is no digest, or its file is missing or damaged.
        """
        if not _is_digest(digest):
            raise ValueError("its copy is damaged: it is fetched again when it is due")
        path = self._path(digest)
        try:
            return gzip.decompress(path.read_bytes())
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise ValueError(
                f"its copy is damaged: delete the file {path.name}, and it is fetched again when it"
                " is due"
            ) from error

    def has(self, digest: str) -> bool:
        """Whether the content with a digest is here."""
        return _is_digest(digest) and self._path(digest).is_file()

    def remove(self, digest: str) -> None:
        """Delete the content with a digest, if it is here."""
        if _is_digest(digest):
            self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        """Where a content is. Raises `ValueError` for no digest, which might lead elsewhere."""
        if not _is_digest(digest):
            raise ValueError(f"{digest!r} is not a digest")
        return self._folder / digest[:2] / f"{digest}.gz"


def _is_digest(stored: object) -> bool:
    """Whether a value of a database, which may be damaged, is a digest."""
    return isinstance(stored, str) and _DIGEST.fullmatch(stored) is not None
