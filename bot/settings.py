"""The settings, read once at the start from the environment and from ``.env``.

The file is in the working folder, and the environment takes precedence. This is a dataclass over
python-dotenv because importing pydantic-settings takes longer than all of ``verbatim releases``.
"""

import difflib
import math
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from dotenv import dotenv_values

from embeddings.errors import VerbatimError
from embeddings.models import (
    DEFAULT_MODEL,
    DEFAULT_RERANKER,
    FORMER_DEFAULT_MODEL,
    PRECISIONS,
    Precision,
)
from retrieval.errors import FixedByCommand
from retrieval.ranking.weights import THRESHOLD

if TYPE_CHECKING:
    from retrieval.archive import Archive
    from retrieval.postgres_store import PostgresStore
    from retrieval.store import Store

T = TypeVar("T")

DOTENV = ".env"

_MAX_DAYS = 36_500
_MAX_DELAY = 3600.0  # seconds
_MAX_PORT = 65_535
_INTERVAL = re.compile(r"(\d{1,5}) ?([mhd])", re.ASCII | re.IGNORECASE)
_INTERVAL_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_MAX_INTERVAL = timedelta(days=30)
# Printable ASCII without parentheses: it stands between two of them in a header.
_CONTACT = re.compile(r"https?://[!-'*-~]{1,200}|[!-'*-?A-~]{1,100}@[!-'*-?A-~]{1,100}")
_UTC: tzinfo = UTC
LogForm: TypeAlias = Literal["text", "json"]
_LOG_FORMS: tuple[LogForm, ...] = ("text", "json")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class BadSetting(VerbatimError):
    """A setting with an unknown name or an invalid value."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name
        self.reason = reason


class BadSettings(VerbatimError):
    """Several settings with an unknown name or an invalid value: ``each`` of them."""

    def __init__(self, each: Sequence[BadSetting]) -> None:
        super().__init__("; ".join(map(str, each)))
        self.each = tuple(each)


class DataFolderMissing(FixedByCommand):
    """A data folder that was named and does not exist: most likely a typing error."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"there is no data folder {data}. Correct the name, or build an index there",
            "index PATH …",
        )
        self.data = data


_UNSET: Any = object()


def _setting(name: str, parse: Callable[[str], T], default: T, *, secret: bool = False) -> T:
    """A field that is read from the variable ``name`` unless the caller sets it.

    ``parse`` converts the text of the variable; it raises `ValueError`.
    """
    metadata = {"variable": name, "parse": parse, "default": default}
    setting: T = field(default=_UNSET, repr=not secret, metadata=metadata)
    return setting


def _environment() -> Mapping[str, str]:
    try:
        file = {name: value or "" for name, value in dotenv_values(DOTENV).items()}
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(DOTENV, f"cannot be read: {error}") from error
    return {**file, **os.environ}


def _paths(text: str) -> tuple[Path, ...]:
    parts = [part.strip() for part in text.split(os.pathsep)]
    if not all(parts):
        raise ValueError(f"it names an empty path between its {os.pathsep!r}")
    return tuple(map(_path, parts))


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~nobody/releases"
        raise ValueError("it must be a path; nobody on this machine has that home folder") from None


def _number(text: str) -> float:
    """A number, or NaN, which is in no range."""
    try:
        return float(text)
    except ValueError:  # whose message does not say what is allowed
        return math.nan


def _probability(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise ValueError("it must be a number from 0 to 1")
    return value


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError("it must be a whole number, 1 or more")
    return int(text)


def _days(text: str) -> int:
    if (days := _positive(text)) > _MAX_DAYS:
        raise ValueError(f"it must be {_MAX_DAYS:,} or less")
    return days


def _port(text: str) -> int:
    if (port := _positive(text)) > _MAX_PORT:
        raise ValueError(f"it must be a port, {_MAX_PORT} or less")
    return port


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= _MAX_DELAY:
        raise ValueError(f"it must be a number of seconds from 0 to {_MAX_DELAY:,.0f}")
    return value


def _interval(text: str) -> timedelta | None:
    """A time such as "1h" or "30m"; None for "off"."""
    if text.lower() == "off":
        return None
    match = _INTERVAL.fullmatch(text)
    interval = timedelta(**{_INTERVAL_UNITS[match[2].lower()]: int(match[1])}) if match else None
    if interval is None or not timedelta(minutes=1) <= interval <= _MAX_INTERVAL:
        raise ValueError("it must be a time from 1m to 30d, such as 30m, 1h or 1d, or off")
    return interval


def _time_zone(text: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # not needed by every command

    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError, RecursionError):  # a folder of zones is no zone, either
        raise ValueError("it must be the name of a time zone, such as Europe/Madrid") from None


def _contact(text: str) -> str:
    if not _CONTACT.fullmatch(text):
        raise ValueError("it must be a web address or an e-mail address")
    return text


def _yes_or_no(text: str) -> bool:
    if (answer := text.lower()) not in ("yes", "no"):
        raise ValueError("it must be yes or no")
    return answer == "yes"


def _precision(text: str) -> Precision:
    for precision in PRECISIONS:
        if text.lower() == precision:
            return precision
    raise ValueError(f"it must be {' or '.join(PRECISIONS)}")


def _log_level(text: str) -> str:
    if (level := text.upper()) not in _LOG_LEVELS:
        raise ValueError(f"it must be one of {', '.join(_LOG_LEVELS)}")
    return level


def _log_form(text: str) -> LogForm:
    for form in _LOG_FORMS:
        if text.lower() == form:
            return form
    raise ValueError(f"it must be {' or '.join(_LOG_FORMS)}")


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of a bot that a process runs: their numbers, from 0, and how many there are."""

    ids: tuple[int, ...]
    count: int


def _shards(text: str) -> Shards:
    ids, _, count = text.partition("/")
    try:
        found = Shards(tuple(sorted({int(each) for each in ids.split(",")})), int(count))
    except ValueError:
        raise ValueError("it must be numbers and how many there are in all: 0,1/4") from None
    if not 0 <= found.ids[0] <= found.ids[-1] < found.count:
        raise ValueError(f"the shards of {found.count} are numbered from 0 to {found.count - 1}")
    return found


def is_database(store: str) -> bool:
    """Whether a store is the address of a database, and not a folder."""
    return store.startswith(("postgresql://", "postgres://"))


def _store(text: str) -> str:
    if not is_database(text):
        raise ValueError("it must be the address of a database: postgresql://role@host/name")
    return text


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings. A field that is not passed is read from its variable, or has its default.

    ``data_is_named`` says whether the data folder was passed or is in a variable, and
    ``model_is_named`` whether the model was. What stands below each field is in docs/settings.md:
    ``python -m tests.documents.settings_reference`` writes it.

    Raises `BadSetting` for an invalid value, and for an unknown ``VERBATIM_…`` variable, or
    `BadSettings` for several.
    """

    discord_token: str | None = _setting("DISCORD_TOKEN", str, None, secret=True)
    """The token of the bot. Only `verbatim bot` needs it."""
    discord_token_file: Path | None = _setting("DISCORD_TOKEN_FILE", _path, None)
    """In place of the token: a file with it and nothing else, such as a secret of Docker or
    systemd."""
    releases: tuple[Path, ...] = _setting("VERBATIM_RELEASES", _paths, ())
    """Files and folders of releases, separated by `:`, to read beside those that were named to
    `verbatim index` ([which sources are read](sources.md#which-sources-are-read))."""
    data: Path = _setting("VERBATIM_DATA", _path, Path("data"))
    """The [folder of the index](operation.md#the-data-folder) and of what the bot remembers. One
    that is named must exist: only `verbatim index`, `verbatim sources add` and `verbatim restore`
    make it, and `verbatim bot` if `VERBATIM_RELEASES` says what to build the index from."""
    store: str | None = _setting("VERBATIM_STORE", _store, None, secret=True)
    """Where the index and what the bot remembers are kept in place of the data folder, for several
    bots over one archive: the address of a [PostgreSQL database](postgresql.md),
    `postgresql://role@host/name`. The data folder is then where this process builds."""
    model: str = _setting("VERBATIM_MODEL", str, DEFAULT_MODEL)
    """The encoder: a sentence-transformers model, by name or folder. The default one is included.
    After a change, run `verbatim index` again."""
    reranker: str = _setting("VERBATIM_RERANKER", str, DEFAULT_RERANKER)
    """The reranker: a sentence-transformers `CrossEncoder`, by name or folder, or `none`. Only the
    default one, which is included, tells whether a passage answers: with another one Verbatim is
    less sure when to refuse."""
    precision: Precision | None = _setting("VERBATIM_PRECISION", _precision, None)
    """The precision of both models: exact or faster. If none is set, the encoder has `float32` and
    the reranker `int8`. After a change of the encoder's, run `verbatim index` again."""
    models: Path | None = _setting("VERBATIM_MODELS", _path, None)
    """The folder for models that were prepared for onnxruntime. If none is set, it is `models` in
    the data folder. The default models need none."""
    newsroom: str | None = _setting("VERBATIM_NEWSROOM", str, None)
    """The newsroom of releases that do not name one."""
    threshold: float = _setting("VERBATIM_THRESHOLD", _probability, THRESHOLD)
    """The confidence that an answer needs. [How to choose it](evaluation.md#output)."""
    questions_per_minute: int = _setting("VERBATIM_QUESTIONS_PER_MINUTE", _positive, 6)
    """How many questions one person may ask in a minute in Discord."""
    server_questions_per_minute: int = _setting(
        "VERBATIM_SERVER_QUESTIONS_PER_MINUTE", _positive, 60
    )
    """How many one server may ask in a minute."""
    keep_days: int = _setting("VERBATIM_KEEP_DAYS", _days, 90)
    """For how many days the bot stores an answer."""
    keep_names: bool = _setting("VERBATIM_KEEP_NAMES", _yes_or_no, False)
    """Whether it stores [who asked](privacy.md)."""
    private_addresses: bool = _setting("VERBATIM_PRIVATE_ADDRESSES", _yes_or_no, False)
    """Whether web servers with private addresses, such as those of your own network, may be
    read."""
    fetch_delay: float = _setting("VERBATIM_FETCH_DELAY", _seconds, 1.0)
    """The seconds between two requests to one web server. A site's robots.txt may ask for more."""
    contact: str | None = _setting("VERBATIM_CONTACT", _contact, None)
    """An address that the bot gives to web servers, so that the owner of a site can write to
    you."""
    refresh: timedelta | None = _setting("VERBATIM_REFRESH", _interval, _interval("1h"))
    """How often the running bot looks at each web site for new releases."""
    shards: Shards | None = _setting("VERBATIM_SHARDS", _shards, None)
    """Which shards of the bot this process runs, of how many: `0,1/4`. If none are set, it runs all
    of them. Set it where [several processes](postgresql.md#several-bots) share the servers of one
    bot."""
    timezone: tzinfo = _setting("VERBATIM_TIMEZONE", _time_zone, _UTC)
    """The time zone of the hours at which digests are sent in Discord."""
    log_level: str = _setting("VERBATIM_LOG_LEVEL", _log_level, "INFO")
    """The least important lines that the log has."""
    log_form: LogForm = _setting("VERBATIM_LOG_FORMAT", _log_form, "text")
    """The log as text, or with `json` as [one object a line](operation.md#logs)."""
    health_port: int | None = _setting("VERBATIM_HEALTH_PORT", _port, None)
    """The port on 127.0.0.1 of [`/healthz` and `/metrics`](operation.md#health-and-metrics). If
    none is set, they are not served."""
    data_is_named: bool = field(init=False, repr=False)
    model_is_named: bool = field(init=False, repr=False)

    @property
    def models_folder(self) -> Path:
        """Where exports of models other than the default ones are kept."""
        return self.models or self.data / "models"

    @property
    def replaced_models(self) -> tuple[str, ...]:
        """The names of models whose index is rebuilt unasked, since nobody changed a setting.

        They are the default one, as an earlier version had it, and the one that was the default.
        """
        if self.model != DEFAULT_MODEL:
            return ()
        return (DEFAULT_MODEL,) if self.model_is_named else (DEFAULT_MODEL, FORMER_DEFAULT_MODEL)

    def __post_init__(self) -> None:
        environment = _environment()
        settings = {
            setting.metadata["variable"]: setting for setting in fields(self) if setting.init
        }
        bad = [
            _unknown(name, settings)
            for name in environment
            if name.startswith("VERBATIM_") and name not in settings
        ]
        for name in ("data", "model"):
            variable = f"VERBATIM_{name.upper()}"
            named = getattr(self, name) is not _UNSET or bool(environment.get(variable, "").strip())
            object.__setattr__(self, f"{name}_is_named", named)
        for name, setting in settings.items():
            if getattr(self, setting.name) is _UNSET:
                try:
                    value = _parsed(setting, environment.get(name, "").strip())
                except BadSetting as error:
                    bad.append(error)
                else:
                    object.__setattr__(self, setting.name, value)
        if bad:
            raise bad[0] if len(bad) == 1 else BadSettings(bad)


def _unknown(name: str, settings: Collection[str]) -> BadSetting:
    close = difflib.get_close_matches(name, settings, 1)
    hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(settings)}"
    return BadSetting(name, f"is not a setting{hint}")


def _parsed(setting: "Field[Any]", text: str) -> object:
    """The value of a variable with this text, or the default if it is empty."""
    if not text:
        return setting.metadata["default"]
    try:
        return setting.metadata["parse"](text)
    except ValueError as error:
        raise BadSetting(setting.metadata["variable"], f"is {text!r}: {error}") from error


def open_store(settings: Settings) -> "Store":
    """Where the index of the settings is. Raises `DriverMissing`.

    A database is asked when it is first needed.
    """
    from retrieval.store import FolderStore

    if settings.store is None:
        return FolderStore(settings.data)
    return open_postgres_store(settings.store, settings.data)


def open_postgres_store(url: str, data: Path) -> "PostgresStore":
    """The index in a database, of which generations are built in a data folder.

    Raises `DriverMissing`.
    """
    from retrieval.postgres.errors import DriverMissing

    try:
        from retrieval.postgres_store import PostgresStore
    except ModuleNotFoundError as error:
        raise DriverMissing from error
    return PostgresStore(url, data)


def check_data_folder(settings: Settings) -> None:
    """Raise `DataFolderMissing` for a folder that was named and does not exist.

    The default one need not exist: it is made when it is needed. Nor need one beside a database.
    """
    if settings.store is None and settings.data_is_named and not settings.data.is_dir():
        raise DataFolderMissing(settings.data)


def open_archive(settings: Settings) -> "Archive":
    """Open the archive in the data folder of the settings; its models are loaded when needed.

    Raises `ModelNotFound`, `ModelDamaged` or `RerankerNotFound`.
    """
    # Importing these takes longer than `verbatim releases` may.
    from embeddings.loading import load_encoder, load_reranker
    from retrieval.archive import Archive

    cache, precision = settings.models_folder, settings.precision
    encoder = load_encoder(settings.model, cache, precision)
    reranker = load_reranker(settings.reranker, cache, precision)
    return Archive(
        settings.data,
        encoder,
        reranker,
        threshold=settings.threshold,
        replaced_models=settings.replaced_models,
        precision=precision,
        store=open_store(settings),
    )
