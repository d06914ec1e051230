"""Ids of releases: unique within one run, and the same in every run over the same files."""

import hashlib
import re
from collections.abc import Callable


class IdAllocator:
    """Gives each release of a run an id of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def allocate(self, wanted: str, *, origin: Callable[[], str]) -> str:
        """Return ``wanted``, followed by a hash of the origin if an earlier release has that id."""
        id, collisions = wanted, 0
        while id in self._taken:
            collisions += 1
            id = f"{wanted}-{hex_digest(origin(), *['again'] * (collisions - 1), length=6)}"
        self._taken.add(id)
        return id


def hex_digest(*parts: str, length: int = 12) -> str:
    """Return the first ``length`` hexadecimal digits of the SHA-256 of ``parts``."""
    joined = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


def slugify(text: str) -> str:
    """Return ``text`` as a readable id: "a/b c" becomes "a-b-c"; letters, digits, "_", "." stay."""
    return re.sub(r"[^\w.]+", "-", text).strip("-.") or "release"
