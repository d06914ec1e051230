"""Errors of retrieval: each carries its data and says in one line what to do."""

import shlex
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from embeddings.errors import VerbatimError
from embeddings.models import name_and_precision

Where: TypeAlias = Path | str
"""Where an index is: a data folder, a file in it, or a database ("verbatim on db.example.org")."""


class FixedByCommand(VerbatimError):
    """An error that a command fixes. The message ends in the command, so that it can be copied."""

    def __init__(self, text: str, command: str) -> None:
        super().__init__(f"{text}: verbatim {command}")


class SourceMissing(VerbatimError):
    """A release source that does not exist."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"no such file or folder: {path}. Name a folder or file of press releases")
        self.path = path


class SourceGone(FixedByCommand):
    """A source of the index that does not exist any more. ``others`` are the ones that do."""

    def __init__(self, path: Path, others: Sequence[Path]) -> None:
        paths = " ".join(shlex.quote(str(other)) for other in others) or "PATH …"
        super().__init__(
            f"no such file or folder: {path}, from which the index was built. "
            "Bring it back, or read only what there is",
            f"index {paths} --replace",
        )
        self.path = path
        self.others = tuple(others)


class NoReleases(VerbatimError):
    """The sources have no release that can be read.

    ``refused`` documents could not be read; ``reasons`` name the first of them and say why.
    ``passed_over`` tells in one line which files were not read.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        looked_for: Sequence[str],
        refused: int,
        reasons: Sequence[str] = (),
        passed_over: str = "",
    ) -> None:
        where = ", ".join(str(path) for path in paths)
        unreadable = f" ({refused} could not be read)" if refused else ""
        super().__init__(
            f"no press release found in {where}{unreadable}: looked for {', '.join(looked_for)}"
            f"{f'; {passed_over}' if passed_over else ''}"
        )
        self.paths = tuple(paths)
        self.looked_for = tuple(looked_for)
        self.refused = refused
        self.reasons = tuple(reasons)
        self.passed_over = passed_over


class NoIndex(FixedByCommand):
    """There is no index yet in the data folder, or the database."""

    def __init__(self, data: Where) -> None:
        super().__init__(f"no index in {data} yet. Build one", "index [PATH …]")
        self.data = data


class IndexDamaged(FixedByCommand):
    """A file of the index is missing, cut short or changed, or a row of the database is."""

    def __init__(self, path: Where, reason: str) -> None:
        super().__init__(f"the index is damaged: {path}: {reason}. Rebuild it", "index --rebuild")
        self.path = path
        self.reason = reason


class IndexVersion(FixedByCommand):
    """The index was written in another format than this version of Verbatim reads."""

    def __init__(self, data: Where, found: int, expected: int) -> None:
        super().__init__(
            f"the index in {data} has format {found}, this version of Verbatim reads {expected}. "
            "Rebuild it",
            "index",
        )
        self.data = data
        self.found = found
        self.expected = expected


class IndexOutdated(FixedByCommand):
    """The index is of an earlier version of Verbatim, and this version can rebuild it."""

    @property
    @abstractmethod
    def rebuilding(self) -> str:
        """What to say while that is done."""


class IndexFormatOutdated(IndexVersion, IndexOutdated):
    """The index was written in an older format."""

    @property
    def rebuilding(self) -> str:
        """What to say while it is rebuilt."""
        return (
            f"rebuilding the index in {self.data}, which has format {self.found}: "
            f"this version of Verbatim reads {self.expected}"
        )


class IndexModelOutdated(IndexOutdated):
    """The index was built with the default model of an earlier version, and none is set."""

    def __init__(self, data: Where, indexed: str, wanted: str) -> None:
        super().__init__(
            f"the index in {data} was built with {indexed}, the default model of an earlier "
            "version. Rebuild it",
            "index",
        )
        self.data = data
        self.indexed = indexed
        self.wanted = wanted

    @property
    def rebuilding(self) -> str:
        """What to say while it is rebuilt."""
        newer = f"a newer {self.wanted}" if self.wanted == self.indexed else self.wanted
        return (
            f"rebuilding the index in {self.data}, which was built with {self.indexed}: "
            f"this version of Verbatim uses {newer}"
        )


class IndexModel(FixedByCommand):
    """The index was built with another embedding model than the one that is set."""

    def __init__(self, data: Where, indexed: str, wanted: str) -> None:
        same_name = " (a different copy of it)" if indexed == wanted else ""
        (name, precision), (other, _) = name_and_precision(indexed), name_and_precision(wanted)
        only_precision = name == other and indexed != wanted
        setting = f"PRECISION={precision}" if only_precision else f"MODEL={name}"
        super().__init__(
            f"the index in {data} was built with the model {indexed}, not {wanted}{same_name}. "
            f"Set VERBATIM_{setting}, or rebuild it",
            "index",
        )
        self.data = data
        self.indexed = indexed
        self.wanted = wanted


class IndexModelUnprepared(VerbatimError):
    """The index was built with the model that is set, which cannot be prepared on this machine."""

    def __init__(self, data: Where, indexed: str) -> None:
        super().__init__(
            f"the index in {data} was built with the model {indexed}, which cannot be prepared "
            "here. Install what that takes: pip install 'verbatim-bot[export]', or set "
            "VERBATIM_MODELS to a folder in which it has been prepared"
        )
        self.data = data
        self.indexed = indexed


class SourcesUnknown(FixedByCommand):
    """There is an index, but no record of the sources that it was built from."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"nothing says what the index in {data} was built from. Name the releases",
            "index PATH … --replace",
        )
        self.data = data


class IndexBusy(VerbatimError):
    """Another process or thread is building the index in this data folder, or this database."""

    def __init__(self, data: Where) -> None:
        super().__init__(f"the index in {data} is being built already. Wait until that is finished")
        self.data = data


class BuiltElsewhere(VerbatimError):
    """A build would leave out ``sources`` that the index was built from on another host."""

    def __init__(self, where: Where, sources: Sequence[Path]) -> None:
        names = ", ".join(str(path) for path in sources)
        super().__init__(
            f"the index in {where} was built elsewhere, from {names} too, which this build would "
            "leave out. Nothing has changed. This data folder knows of them now: run it again"
        )
        self.where = where
        self.sources = tuple(sources)


class CannotWrite(VerbatimError):
    """The data folder cannot be written: it is read-only, full, or not a folder."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"cannot write the index in {path}: {reason}. Fix that, or name another folder with "
            "--data; what was indexed before is kept"
        )
        self.path = path
        self.reason = reason


class HistoryNewer(VerbatimError):
    """The earlier wordings of releases, in a file that a newer version of Verbatim wrote."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"a newer version of Verbatim wrote {path}. Use that version, or move the file away: "
            "then the earlier wordings of releases that have changed are not shown any more"
        )
        self.path = path


class BadQuestion(VerbatimError):
    """A question that cannot be searched for: empty, far too long, or with its dates swapped.

    ``text`` says why and what to do; ``values`` are what its fields in braces stand for.
    """

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values


class UnknownNewsroom(VerbatimError):
    """No newsroom has this name, or, if ``ambiguous``, several contain it.

    ``candidates`` are the newsrooms to choose from.
    """

    def __init__(self, newsroom: str, candidates: Sequence[str], *, ambiguous: bool) -> None:
        names = ", ".join(candidates[:8]) + (", …" if len(candidates) > 8 else "")
        name = repr(newsroom if len(newsroom) <= 80 else f"{newsroom[:80]}…")
        if ambiguous:
            text = f"{name} could be several newsrooms: {names}. Give more of the name"
        elif candidates:
            text = f"no newsroom is called {name}. There are: {names}"
        else:
            text = f"no newsroom is called {name}. No release here names its newsroom"
        super().__init__(text)
        self.newsroom = newsroom
        self.candidates = tuple(candidates)
        self.ambiguous = ambiguous


class UnknownRelease(FixedByCommand):
    """No release has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"no release has the id {id!r}. List them", "releases")
        self.id = id


class BadQuestionFile(VerbatimError):
    """A file of questions with known answers that cannot be used.

    ``line`` counts from 1; it is None if the whole file is at fault.
    """

    def __init__(self, path: Path, line: int | None, reason: str, fix: str) -> None:
        where = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{where}: {reason}. {fix}")
        self.path = path
        self.line = line
        self.reason = reason


class IndexReplaced(VerbatimError):
    """Another generation was published while one was being measured."""

    def __init__(self, data: Where) -> None:
        super().__init__(
            f"the index in {data} was rebuilt while it was being measured. Measure it again"
        )
        self.data = data
