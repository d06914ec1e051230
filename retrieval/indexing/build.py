"""From release sources to a new generation: read, compare, embed what is new, write, publish."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embeddings.encoder import Encoder
from retrieval.errors import NoReleases, SourcesUnknown
from retrieval.index import generations
from retrieval.index.earlier_wordings import HISTORY
from retrieval.index.manifest import Manifest, file_sums
from retrieval.index.release_store import StoredDigest
from retrieval.index.remembered_sources import (
    RememberedSources,
    built_from,
    is_built_from,
    remember_sources,
    write_sources,
)
from retrieval.index.sign_codes import CODED_FROM
from retrieval.indexing.analysis import VERSION
from retrieval.indexing.analysis_cache import AnalysisCache
from retrieval.indexing.deduplication import DistinctRelease, distinct_releases
from retrieval.indexing.embed import PendingVectors
from retrieval.indexing.generation_writer import write_generation
from retrieval.indexing.previous import PreviousGeneration, open_previous
from retrieval.indexing.report import (
    ChangedReleases,
    DocumentNotes,
    IndexReport,
    OnProgress,
    Progress,
    Refusals,
)
from retrieval.indexing.segment_plan import MergePolicy
from retrieval.indexing.wording_record import READERS, is_read_by, keep_wordings
from retrieval.release import DocumentNote, RefusedDocument, Release
from retrieval.sources.draft_cache import DraftCache, Drafts, read_anew, readers_version
from retrieval.sources.reading import read_sources
from retrieval.sources.walk import real_path

_MERGE_POLICY = MergePolicy()
_HISTORY_DAMAGED = (
    "cannot be read: the earlier wordings of releases are lost, and kept anew from now on; "
    "the file is {}"
)
_MAX_REASONS = 10  # why nothing could be read: of so many documents


def build_index(
    data: Path,
    sources: Sequence[Path],
    encoder: Encoder,
    *,
    new: Sequence[Path] = (),
    remember: RememberedSources | None = None,
    newsroom: str | None = None,
    rebuild: bool = False,
    coded_from: int = CODED_FROM,
    merge_policy: MergePolicy = _MERGE_POLICY,
    on_progress: OnProgress = lambda _: None,
) -> IndexReport:
    """Index what ``sources`` hold now, and publish that as the current generation.

    The wordings of releases that have changed are kept beside it (`wording_record`). If nothing
    changed, neither a release nor which sources there are, the current generation stays. If the
    build is stopped at any point (an exception from ``on_progress``, a signal, a power cut), so
    does it, and the vectors computed until then serve the next build.

    Args:
        data: the data folder.
        sources: files and folders of releases.
        encoder: computes the vectors of passages whose text is new.
        new: those of the sources that were just named, each of which must have a release.
        remember: the sources by kind, for the next build; by default all were named.
        newsroom: the newsroom of releases that name none.
        rebuild: read and embed everything again, whatever the current generation has.
        coded_from: the number of passages from which vectors are searched by sign codes, if these
            find at least `MIN_RECALL` of the nearest.
        merge_policy: when a part of the index is written anew that need not be.
        on_progress: called at each step.

    Raises:
        SourceMissing: a source does not exist.
        NoReleases: the sources, or a new one, have no release that can be read.
        IndexBusy: another build is under way in the data folder.
        CannotWrite: the data folder cannot be written.
        ModelNotFound: the model of ``encoder`` is not there.
    """
    started = time.perf_counter()
    remember = remember or RememberedSources(named=tuple(sources))
    if not data.exists():  # then no folder is left where nothing can be indexed
        _require_releases(sources, new, newsroom)
    with ThreadPoolExecutor(1) as threads, generations.building(data) as folder:
        _require_releases((), new, newsroom)
        before = _sources_before(data)
        fingerprint = encoder.model.fingerprint
        opened = open_previous(data, fingerprint, threads, rebuild=rebuild)
        readers = readers_version()
        with DraftCache(data / generations.DRAFTS, readers, anew=rebuild) as drafts:
            read = _read_all(sources, newsroom, opened, drafts.draft, on_progress)
        previous = opened.verified()
        if previous is not opened:  # what was read is compared with nothing that is damaged
            read = _read_all(sources, newsroom, previous, read_anew, on_progress)
        releases, reused = read.releases, previous.reused
        contents = {
            each.release.id: StoredDigest(each.digest, each.release.source, each.release.title)
            for each in releases
        }
        if (
            reused
            and contents == previous.contents
            and is_read_by(reused.folder, readers)
            and is_built_from(data, reused.folder, remember)
        ):
            manifest = reused.manifest
        else:
            written = write_generation(
                folder,
                releases,
                read.cache,
                encoder,
                previous,
                pending=PendingVectors(data, fingerprint),
                coded_from=coded_from,
                merge_policy=merge_policy,
                on_progress=on_progress,
            )
            (folder / READERS).write_text(readers, encoding="utf-8")
            write_sources(data, folder, remember)
            now = datetime.now(UTC).replace(microsecond=0)
            if previous is opened:
                aside = keep_wordings(
                    data, previous.contents, releases, written.recurring, readers, now
                )
                if aside:
                    read.notes.add(DocumentNote(HISTORY, _HISTORY_DAMAGED.format(aside.name)))
            manifest = Manifest(
                generation=generations.next_name(data),
                created=now,
                model=encoder.model.name,
                fingerprint=fingerprint,
                dimensions=written.dimensions,
                releases=len(releases),
                paragraphs=sum(len(each.release.paragraphs) for each in releases),
                passages=written.passages,
                refused=read.refused.count,
                coded=written.coded,
                recall=written.recall,
                analysis=VERSION,
                files=file_sums(folder, written.known_sums),
                segments=written.segments,
            )
            generations.publish(data, folder, manifest)
        remember_sources(data, remember)
    documents = _changes(previous.contents, contents)
    added, changed, removed = map(len, (documents.added, documents.changed, documents.removed))
    return IndexReport(
        generation=manifest.generation,
        releases=manifest.releases,
        paragraphs=manifest.paragraphs,
        added=added,
        changed=changed,
        removed=removed,
        unchanged=len(contents) - added - changed,
        refused=tuple(read.refused.first),
        more_refused=read.refused.count - len(read.refused.first),
        seconds=round(time.perf_counter() - started, 3),
        documents=documents,
        notes=tuple(read.notes.first),
        note_counts=dict(read.notes.counts),
        more_notes=read.notes.others,
        sources=tuple(sources),
        dropped=_without(before, sources),
    )


def _require_releases(sources: Sequence[Path], new: Sequence[Path], newsroom: str | None) -> None:
    """Read each new source, and the others together, up to the first release.

    Raises `SourceMissing` or `NoReleases`.
    """
    for paths in (*([source] for source in new), sources):
        if paths:
            next(_read(paths, newsroom, Refusals(), DocumentNotes(), lambda _: None), None)


def _sources_before(data: Path) -> tuple[Path, ...]:
    """What the index was built from, as far as that is known."""
    try:
        return built_from(data).paths
    except SourcesUnknown:
        return ()


def _without(before: Sequence[Path], now: Sequence[Path]) -> tuple[Path, ...]:
    """The paths of ``before`` that none of ``now`` leads to."""
    kept = set(map(real_path, now))
    return tuple(path for path in before if real_path(path) not in kept)


@dataclass(frozen=True, slots=True)
class _ReadSources:
    """What the sources hold: releases, what could not be read, and what there is to say.

    ``cache`` has the analyses of the releases.
    """

    releases: Sequence[DistinctRelease]
    refused: Refusals
    notes: DocumentNotes
    cache: AnalysisCache


def _read_all(
    sources: Sequence[Path],
    newsroom: str | None,
    previous: PreviousGeneration,
    drafts: Drafts,
    on_progress: OnProgress,
) -> _ReadSources:
    """Read all sources, and compare their releases with each other."""
    reused = previous.reused
    cache = AnalysisCache(reused.normalized, reused.analyses) if reused else AnalysisCache()
    refused = Refusals()
    notes = DocumentNotes()
    read = _read(sources, newsroom, refused, notes, on_progress, drafts)
    releases = distinct_releases(read, cache.digests)
    for note in _copies(releases):
        notes.add(note)
    return _ReadSources(releases, refused, notes, cache)


def _read(
    sources: Sequence[Path],
    newsroom: str | None,
    refused: Refusals,
    notes: DocumentNotes,
    on_progress: OnProgress,
    drafts: Drafts = read_anew,
) -> Iterator[Release]:
    """The releases one by one; what else there is goes to ``refused`` and ``notes``."""
    count = 0
    try:
        for item in read_sources(sources, newsroom=newsroom, drafts=drafts):
            if isinstance(item, RefusedDocument):
                refused.add(item)
            elif isinstance(item, DocumentNote):
                notes.add(item)
            else:
                yield item
                count += 1
                on_progress(Progress("reading", count))
    except NoReleases as error:
        reasons = [f"{each.source}: {each.reason}" for each in refused.first[:_MAX_REASONS]]
        raise NoReleases(
            error.paths, error.looked_for, error.refused, reasons, error.passed_over
        ) from error


def _copies(releases: Sequence[DistinctRelease]) -> Iterator[DocumentNote]:
    """What is said of each document that has the text of another one."""
    for each in releases:
        for copy in each.copies[1:]:
            yield DocumentNote(copy.source, "has the text of another release: kept as a copy of it")


def _changes(
    before: Mapping[str, StoredDigest], now: Mapping[str, StoredDigest]
) -> ChangedReleases:
    return ChangedReleases(
        added=tuple(each.title for id, each in now.items() if id not in before),
        changed=tuple(
            each.title
            for id, each in now.items()
            if id in before and each.digest != before[id].digest
        ),
        removed=tuple(each.title for id, each in before.items() if id not in now),
    )
