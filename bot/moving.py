"""Moving an archive and the state of its bot between a data folder and PostgreSQL."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from bot.settings import Settings, is_database, open_archive, open_postgres_store, open_store
from bot.state import STATE, State, open_postgres_state, open_state
from bot.state.moving import copy_state
from embeddings.encoder import Encoder
from embeddings.errors import VerbatimError
from retrieval.errors import IndexDamaged, Where
from retrieval.index.generations import CURRENT
from retrieval.index.manifest import Manifest
from retrieval.indexing.report import OnProgress
from retrieval.sources.web.site_copy import SITES
from retrieval.store import FolderStore


class NothingToMove(VerbatimError):
    """What is to be moved is in a data folder, and is to go to another one."""

    def __init__(self, to: Path) -> None:
        super().__init__(
            f"{to} is a data folder, and so is what is to be moved. Move it to a database, "
            "--to postgresql://…, or use verbatim backup and verbatim restore"
        )
        self.to = to


class MoveTargetNotEmpty(VerbatimError):
    """There is something already where an archive is to be moved to."""

    def __init__(self, where: Where, what: str) -> None:
        super().__init__(
            f"{where} has {what} already. Nothing has changed: move to an empty database or folder"
        )
        self.where = where
        self.what = what


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved; what it was moved from is as it was.

    Attributes:
        source: where it was.
        target: where it is as well.
        manifest: of the generation there.
        rows: how many rows of each table of the state; nothing if no bot has run.
    """

    source: Where
    target: Where
    manifest: Manifest
    rows: Mapping[str, int]


def move(settings: Settings, to: str, on_progress: OnProgress = lambda _: None) -> Moved:
    """Copy the index and the state of the settings to a database, or from one to a data folder.

    A move that was interrupted goes on when it is made again.

    Args:
        settings: where they are now.
        to: the address of a database, or a folder.
        on_progress: called with the progress of writing the index.

    Raises:
        NothingToMove: from folder to folder.
        MoveTargetNotEmpty: there is another index, or a state.
        StateNotEmpty, StateInUse: as `copy_state`.
        DatabaseError: a database cannot be used.
        NoIndex: and whatever else `Store.releases` raises.
    """
    if not is_database(to) and settings.store is None:
        raise NothingToMove(Path(to))
    encoder = open_archive(settings).encoder
    manifest = (_to_database if is_database(to) else _to_folder)(settings, to, encoder, on_progress)
    with closing(open_store(settings)) as store:
        source, (before, _) = store.where, store.releases()
    counts = (before.releases, before.passages), (manifest.releases, manifest.passages)
    target = _target(settings, to)
    if counts[0] != counts[1]:
        raise IndexDamaged(target, f"it has {counts[1]} releases and passages, not {counts[0]}")
    return Moved(source, target, manifest, _move_state(settings, to))


def _target(settings: Settings, to: str) -> Where:
    return open_store(replace(settings, store=to)).where if is_database(to) else Path(to)


def _to_database(
    settings: Settings, to: str, encoder: Encoder, on_progress: OnProgress
) -> Manifest:
    with ExitStack() as stack:
        # What is in another database first comes into the data folder.
        source = stack.enter_context(closing(open_store(settings)))
        stack.enter_context(source.building(encoder, None, on_progress))
        FolderStore(settings.data).releases()  # raises if there is nothing
        target = stack.enter_context(closing(open_postgres_store(to, settings.data)))
        if target.stamp() is not None and not target.is_shared():
            raise MoveTargetNotEmpty(target.where, "an index")
        publish = stack.enter_context(target.building(encoder, None, on_progress))
        publish()
        return target.releases()[0]


def _to_folder(settings: Settings, to: str, encoder: Encoder, on_progress: OnProgress) -> Manifest:
    folder = Path(to)
    assert settings.store
    with closing(open_postgres_store(settings.store, folder)) as source:
        if (folder / CURRENT).exists() and not source.is_shared():
            raise MoveTargetNotEmpty(folder, "an index")
        if (folder / STATE).exists():
            raise MoveTargetNotEmpty(folder, "the state of a bot")
        source.releases()  # raises before the folder is made
        with source.building(encoder, None, on_progress):
            pass
    sites = settings.data / SITES
    if sites.is_dir() and not (folder / SITES).exists():
        unfinished = folder / f"{SITES}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(sites, unfinished)
        unfinished.replace(folder / SITES)
    return FolderStore(folder).releases()[0]


def _move_state(settings: Settings, to: str) -> Mapping[str, int]:
    if settings.store is None and not (settings.data / STATE).exists():
        return {}
    with ExitStack() as stack:
        source = _open(stack, settings.store or settings.data)
        target = _open(stack, to if is_database(to) else Path(to))
        return copy_state(source.database, target.database)


def _open(stack: ExitStack, where: str | Path) -> State:
    opened = open_postgres_state(where) if isinstance(where, str) else open_state(where)
    return stack.enter_context(closing(opened))
