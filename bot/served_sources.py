"""Whether what is served is what the settings and earlier builds name, and what to do if not.

An index is served until another one is published, whatever became of its sources. That is safe: a
disk that is not mounted must not empty an archive. So it is said instead.
"""

import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.release_sources import known_sources
from bot.settings import Settings
from retrieval.errors import SourcesUnknown
from retrieval.index.remembered_sources import served_sources
from retrieval.sources.file_types import SUFFIXES
from retrieval.sources.walk import SourceFile, find_files, real_path

MismatchKind = Literal["sample", "unread", "dropped", "gone", "empty"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What is served although the sources say otherwise.

    Attributes:
        kind: "sample": the sample is served though others are named; "unread": sources are not
            served yet; "dropped": served, and named no longer; "gone": served, and not there any
            more; "empty": served, and nothing is left to read in any of the sources.
        paths: the sources that it is about; of "sample", those that are named.
        command: what mends it, to type after ``verbatim``.
    """

    kind: MismatchKind
    paths: tuple[Path, ...]
    command: str

    def described(self, names: str) -> str:
        """What is wrong; ``names`` are those of the paths."""
        match self.kind:
            case "sample":
                return f"the sample is served, and not what is named: {names}"
            case "unread":
                return f"not read yet: {names}"
            case "dropped":
                return f"still served, though no longer named: {names}"
            case "gone":
                return f"still served, though not there any more: {names}"
        return f"still served, though no releases are left in {names}"

    @property
    def fix(self) -> str:
        """What to do, without the command."""
        match self.kind:
            case "gone":
                return "Bring it back, or read only what there is"
            case "empty":
                return (
                    "Bring them back, or read others (to serve none, stop the bot and delete the "
                    "data folder)"
                )
        return "Read the sources again"


def mismatches(settings: Settings) -> list[Mismatch]:
    """How what is served and what is named differ; nothing where there is no index.

    A web site that is named and not in the index yet is none: it is being read.
    """
    served = served_sources(settings.data)
    try:
        known = known_sources(settings)
    except SourcesUnknown:  # which whoever builds is told
        return []
    if served is None or not known.paths:  # the sample is read where nothing is named
        return []
    folders = (*known.named, *known.configured)
    if served.sample:
        return [Mismatch("sample", folders, "index")] if folders else []
    unread, dropped = _not_among(served.paths, folders), _not_among(known.paths, served.paths)
    left = _not_among((*unread, *served.sites, *dropped), served.paths)
    gone = tuple(path for path in left if not path.exists())
    there = " ".join(shlex.quote(str(path)) for path in folders if path.exists()) or "PATH …"
    is_empty = not (unread or gone or known.sites) and not any(map(_has_releases, left))
    found = (
        Mismatch("unread", unread, "index"),
        Mismatch("dropped", dropped, "index"),
        Mismatch("gone", gone, f"index {there} --replace"),
        Mismatch("empty", left if is_empty else (), "index PATH … --replace"),
    )
    return [each for each in found if each.paths]


def _not_among(known: Sequence[Path], paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths that lead where none of ``known`` does."""
    real = set(map(real_path, known))
    return tuple(path for path in paths if real_path(path) not in real)


def _has_releases(source: Path) -> bool:
    """Whether there is a file that may have releases. None is opened."""
    for file in find_files(source, SUFFIXES):
        with suppress(OSError):
            if isinstance(file, SourceFile) and file.path.stat().st_size:
                return True
    return False
