"""``verbatim doctor``: checks everything that the bot needs, and says how to fix it."""

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.bot_token import exposed_token, read_token
from bot.cli.hints import listed, source_name, with_data
from bot.phrases import paragraph_count, release_count
from bot.release_sources import NoSources, known_sources, release_sources
from bot.served_sources import mismatches
from bot.settings import (
    BadSetting,
    BadSettings,
    DataFolderMissing,
    Settings,
    check_data_folder,
    open_store,
)
from bot.source_list import source_states
from bot.state import STATE, open_postgres_state, open_state
from bot.state.repair import find_damage
from bot.state.sources import SiteRefresh
from embeddings.bundled import find_encoder
from embeddings.errors import VerbatimError
from embeddings.export.cache import ExportStatus
from embeddings.loading import encoder_status, load_reranker, reranker_status
from embeddings.models import ENCODER_PRECISION, Model, in_precision
from retrieval.errors import FixedByCommand, IndexDamaged, NoIndex, SourcesUnknown
from retrieval.index.generations import check_model, current_folder, read_manifest, verify
from retrieval.index.manifest import Manifest
from retrieval.index.sqlite_releases import open_release_store

State = Literal["ok", "missing", "error"]
ERROR: State = "error"
_MIN_FREE = 500 * 1024 * 1024  # bytes: two generations of about ten thousand releases


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check. ``missing`` is not an error, because much works without it.

    ``fix`` says what to do; it is empty if nothing is wrong.
    """

    check: str
    state: State
    detail: str
    fix: str = ""


def run_checks(data: Path | None) -> list[CheckResult]:
    """Check settings, releases, data folder, model, index, state, reranker and token.

    Bad settings are all listed, and nothing else can be checked. ``data`` is the folder that was
    given with ``--data``, which the commands to run repeat.
    """
    try:
        settings = Settings(data=data) if data else Settings()
    except (BadSetting, BadSettings) as error:
        bad = error.each if isinstance(error, BadSettings) else [error]
        fix = "correct it in the environment or in .env"
        return [CheckResult("settings", ERROR, str(each), fix) for each in bad]
    return [
        _settings(settings),
        _releases(settings, data),
        *_served(settings, data),
        *_sites(settings, data),
        _data(settings, data),
        *_model_and_index(settings, data),
        _state(settings),
        _reranker(settings),
        _token(settings),
    ]


def _settings(settings: Settings) -> CheckResult:
    try:
        where = open_store(settings).where
    except VerbatimError as error:
        return _failed("settings", error)
    kept = f"index in {where}, built in {settings.data}" if settings.store else f"data in {where}"
    return CheckResult("settings", "ok", f"{kept}, model {settings.model}")


def _releases(settings: Settings, given: Path | None) -> CheckResult:
    try:
        sources = release_sources(settings)
    except NoSources:
        detail = "none are named"
        fix = with_data("set VERBATIM_RELEASES, or name them: verbatim index PATH …", given)
        return CheckResult("releases", "missing", detail, fix)
    except VerbatimError as error:
        return _failed("releases", error, given)
    if gone := [str(path) for path in sources.paths if not path.exists()]:
        fix = "set VERBATIM_RELEASES to files or folders of press releases"
        return CheckResult("releases", ERROR, f"not there: {', '.join(gone)}", fix)
    sites = sources.remember.sites
    shown = ", ".join(source_name(each) if each in sites else str(each) for each in sources.paths)
    return CheckResult("releases", "ok", f"the sample in {shown}" if sources.is_sample else shown)


def _served(settings: Settings, given: Path | None) -> Iterator[CheckResult]:
    """What is served although the sources say otherwise."""
    for each in mismatches(settings):
        fix = with_data(f"{each.fix}: verbatim {each.command}", given)
        yield CheckResult("served", ERROR, each.described(listed(each.paths)), fix)


def _sites(settings: Settings, given: Path | None) -> Iterator[CheckResult]:
    try:
        states = [*source_states(known_sources(settings))]
    except VerbatimError as error:
        if not isinstance(error, SourcesUnknown):  # which is said of the releases
            yield _failed("web sites", error, given)
        return
    refreshes = _refreshes(settings)
    for state in states:
        refresh = refreshes.get(state.path.name)
        if state.status and (state.status.failure or (refresh and refresh.failing_since)):
            fix = with_data(f"see whether it goes on: verbatim sources check {state.name}", given)
            detail = f"{state.name} was not read to its end the last time"
            if refresh and refresh.failing_since:
                since = f"{refresh.failing_since:%Y-%m-%d %H:%M} UTC"
                detail = f"{state.name} cannot be read since {since}: {refresh.reason}"
            yield CheckResult("web site", "missing", detail, fix)
        elif state.status:
            yield CheckResult("web site", "ok", f"{state.name}: {state.detail}")


def _refreshes(settings: Settings) -> dict[str, SiteRefresh]:
    """How the bot's last readings of each site went; nothing if its state cannot be read."""
    if not settings.store and not (settings.data / STATE).exists():
        return {}
    try:
        state = open_postgres_state(settings.store) if settings.store else open_state(settings.data)
    except VerbatimError:  # which is said of the state
        return {}
    try:
        return state.sources.all()
    finally:
        state.close()


def _data(settings: Settings, given: Path | None) -> CheckResult:
    folder = settings.data
    try:
        check_data_folder(settings)
    except DataFolderMissing as error:
        return _failed("data folder", error, given)
    existing = _existing(folder)
    if not _can_be_written(folder):
        fix = "let this user write there, or name another folder with --data or VERBATIM_DATA"
        return CheckResult("data folder", ERROR, f"{existing} cannot be written", fix)
    free = shutil.disk_usage(existing).free
    if free < _MIN_FREE:
        detail = f"only {free // 2**20} MiB are free in {folder}"
        return CheckResult("data folder", ERROR, detail, "free some space, or name another folder")
    return CheckResult("data folder", "ok", f"{folder}, {free // 2**30} GiB free")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _can_be_written(folder: Path) -> bool:
    existing = _existing(folder)
    return existing.is_dir() and os.access(existing, os.W_OK)


def _prepared(found: CheckResult, status: ExportStatus, cache: Path) -> CheckResult:
    """The result for a model, unless it is to be prepared in a folder that cannot be written."""
    if status.info or status.refused or _can_be_written(cache):
        return found
    detail = f"it cannot be prepared for onnxruntime: {cache} cannot be written"
    return CheckResult(
        found.check, ERROR, detail, "set VERBATIM_MODELS to a folder that can be written"
    )


def _model_and_index(settings: Settings, given: Path | None) -> Iterator[CheckResult]:
    model: Model | None = None
    try:
        found = find_encoder(settings.model)
        status = encoder_status(found, settings.models_folder, settings.precision)
        result = CheckResult("model", "ok", f"{found.name}, checked; {_run_by(status)}")
        yield _prepared(result, status, settings.models_folder)
        model = in_precision(found, settings.precision or ENCODER_PRECISION)
    except VerbatimError as error:
        yield _failed("model", error)
    try:
        manifest, checked = _index_in_database(settings) or _index_in_folder(settings.data)
        if model:
            where = open_store(settings).where
            check_model(where, manifest, model, settings.replaced_models)
        releases = release_count(manifest.releases)
        paragraphs = paragraph_count(manifest.paragraphs)
        yield CheckResult(
            "index", "ok", f"{manifest.generation}: {releases}, {paragraphs}, {checked}"
        )
    except NoIndex as error:
        yield CheckResult("index", "missing", *_split(error, given))
    except VerbatimError as error:
        yield _failed("index", error, given)


def _index_in_folder(data: Path) -> tuple[Manifest, str]:
    """The manifest of the index in a data folder, and what of it was checked."""
    folder = current_folder(data)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    _, store = open_release_store(data)
    store.close()
    return manifest, "every file checked"


def _index_in_database(settings: Settings) -> tuple[Manifest, str] | None:
    """The manifest of the index in the database, and what is found in it; None without one."""
    if settings.store is None:
        return None
    store = open_store(settings)
    with closing(store):
        manifest, releases = store.releases()
        found = releases.count()
        if found != manifest.releases:
            reason = f"it has {found:,} releases, not {manifest.releases:,}"
            raise IndexDamaged(store.where, reason)
        return manifest, f"in {store.where}"


def _state(settings: Settings) -> CheckResult:
    data = settings.data
    if settings.store:
        try:
            open_postgres_state(settings.store).close()
        except VerbatimError as error:
            return _failed("state", error)
        return CheckResult("state", "ok", f"in {open_store(settings).where}")
    if not (data / STATE).exists():
        return CheckResult("state", "ok", "the bot has not run yet")
    try:
        if damage := find_damage(data / STATE):
            detail = f"{data / STATE} is damaged: {damage}"
            return CheckResult("state", ERROR, detail, "start the bot, which repairs it")
        open_state(data).close()
    except VerbatimError as error:
        return _failed("state", error)
    return CheckResult("state", "ok", f"{data / STATE}, every row checked")


def _reranker(settings: Settings) -> CheckResult:
    try:
        cache, precision = settings.models_folder, settings.precision
        if not (reranker := load_reranker(settings.reranker, cache, precision)):
            return CheckResult("reranker", "ok", "none: ranked without one")
        status = reranker_status(settings.reranker, cache, precision)
    except VerbatimError as error:
        return _failed("reranker", error)
    result = CheckResult("reranker", "ok", f"{reranker.name}; {_run_by(status)}")
    return _prepared(result, status, cache)


def _run_by(status: ExportStatus) -> str:
    """What runs a model, and in which precision."""
    if status.refused is not None:
        return f"slower in {status.precision} than it could be: {status.refused}"
    if status.info is None:
        return f"to be prepared for onnxruntime, {status.precision}, at its first use"
    similarity = f"similarity to the original {status.info.mean_similarity:.4f}"
    return f"run by onnxruntime, {status.precision}, {similarity}"


def _token(settings: Settings) -> CheckResult:
    try:
        token = read_token(settings)
    except VerbatimError as error:
        return _failed("token", error)
    where = "copy it from the Bot page at https://discord.com/developers/applications"
    if not token:
        return CheckResult(
            "token", "missing", "DISCORD_TOKEN is not set", f"to run the bot, {where}"
        )
    if not _looks_like_a_token(token):
        detail = "DISCORD_TOKEN does not look like a bot's token"
        return CheckResult("token", ERROR, detail, where)
    if exposed := exposed_token():
        detail, _, fix = exposed.partition(". ")
        return CheckResult("token", "missing", detail, fix)
    return CheckResult("token", "ok", "DISCORD_TOKEN has the form of a bot's token")


def _looks_like_a_token(token: str) -> bool:
    """Whether it has three parts between dots, the first of which is an id in base64."""
    head, *rest = token.split(".")
    try:
        decoded = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
    except ValueError:
        return False
    return len(rest) == 2 and all(rest) and decoded.isdigit()


def _failed(check: str, error: VerbatimError, given: Path | None = None) -> CheckResult:
    return CheckResult(check, ERROR, *_split(error, given))


def _split(error: VerbatimError, given: Path | None) -> tuple[str, str]:
    """The first sentence of a message, which says what is wrong, and the rest: how to fix it."""
    detail, _, fix = str(error).partition(". ")
    return detail, with_data(fix, given) if isinstance(error, FixedByCommand) else fix
