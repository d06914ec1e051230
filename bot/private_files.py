"""Files and folders that only their owner may read."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

FOLDER, FILE = 0o700, 0o600

OWN = (
    "CURRENT*",
    "SOURCES*",
    "STORE*",
    "backup-*",
    "baselines",
    "before-restore*",
    "building",
    "drafts.*",
    "generations",
    "history.*",
    "lock",
    "models",
    "pending",
    "restoring",
    "state.*",
    "web",
)
"""The names of what Verbatim makes in a data folder, as patterns."""


def private_umask() -> None:
    """Let nobody else read what this process makes from now on."""
    os.umask(0o777 & ~FOLDER)


def make_private(data: Path) -> None:
    """Let nobody but its owner read a data folder; make it if it is not there.

    Files that an earlier version left readable are looked for once: into a folder that is private
    already, nobody else can look. Rights are only taken away: what its owner may not write stays
    so. Of what else lies in the folder nothing is changed. What belongs to somebody else, such as a
    volume that is mounted, stays as it is, with a line in the log. Raises `OSError` if the folder
    cannot be made.
    """
    data.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if not others_can_read(data):
        return
    try:
        # First what is in it: if this is interrupted, it is done again.
        for path in _own(data):
            path.chmod(path.stat().st_mode & (FOLDER if path.is_dir() else FILE))
        data.chmod(data.stat().st_mode & FOLDER)
    except FileNotFoundError:  # a build has just removed it: the next command goes on
        return
    except OSError as error:
        log.warning("other users of this machine may read %s: %s", data, error.strerror or error)


def _own(data: Path) -> Iterator[Path]:
    """What Verbatim has made in a data folder. Links are not followed."""
    for top in data.iterdir():
        if top.is_symlink() or not any(top.match(each) for each in OWN):
            continue
        yield top
        for folder, folders, files in os.walk(top):
            paths = (Path(folder, name) for name in (*folders, *files))
            yield from (path for path in paths if not path.is_symlink())


def private_file(path: Path) -> None:
    """Make a file that only its owner may read, or make the one that is there such a one.

    Raises `OSError` if it cannot be made.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE))
    if others_can_read(path):
        path.chmod(FILE)


def others_can_read(path: Path) -> bool:
    """Whether others than its owner have any rights to a file or folder. Raises `OSError`."""
    return bool(path.stat().st_mode & 0o077)
