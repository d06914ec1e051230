"""Writing the files of a generation: a segment of what is new, links to the others, its own files.

Its own files are small, and are of all releases: what they are but for their text
(``releases.sqlite``), how often each word occurs (``words.txt``), which passages recur
(``recurring.npy``), and the digests of all texts that were read (``digests.npy``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from retrieval.index.folder_index import RECURRING, WORDS
from retrieval.index.generations import link_folder
from retrieval.index.manifest import FileSum, Manifest, SegmentInfo, segment_folder
from retrieval.index.placement import placement
from retrieval.index.segments import HASHES, PASSAGES
from retrieval.index.sqlite_releases import RELEASES
from retrieval.index.vocabulary import write_words
from retrieval.indexing.analysis_cache import AnalysisCache
from retrieval.indexing.deduplication import DistinctRelease
from retrieval.indexing.embed import PendingVectors
from retrieval.indexing.previous_generation import DIGESTS, PreviousGeneration, ReusedGeneration
from retrieval.indexing.recurrence import RowTexts, recurring_rows
from retrieval.indexing.release_writer import write_release_store
from retrieval.indexing.report import OnProgress, Progress
from retrieval.indexing.segment_plan import (
    Location,
    MergePolicy,
    SegmentPlan,
    plan_segments,
)
from retrieval.indexing.segment_writer import WrittenSegment, write_segment


@dataclass(frozen=True, slots=True)
class WrittenGeneration:
    """What the manifest says of the files that `write_generation` wrote.

    ``known_sums`` are the checksums of those that the generation before has as well, and
    ``recurring``, (m, 2) int32, the release and paragraph numbers of the passages that recur.
    """

    dimensions: int
    segments: tuple[SegmentInfo, ...]
    passages: int
    known_sums: Mapping[str, FileSum]
    recurring: NDArray[np.int32]

    @property
    def coded(self) -> bool:
        """Whether the vectors of any segment are searched by sign codes."""
        return any(each.coded for each in self.segments)

    @property
    def recall(self) -> float | None:
        """The least recall of a segment; None if none has one."""
        return min((each.recall for each in self.segments if each.recall is not None), default=None)


def write_generation(
    folder: Path,
    releases: Sequence[DistinctRelease],
    cache: AnalysisCache,
    encoder: Encoder,
    previous: PreviousGeneration,
    *,
    pending: PendingVectors,
    coded_from: int,
    merge_policy: MergePolicy,
    on_progress: OnProgress,
) -> WrittenGeneration:
    """Write all files of a generation but the manifest into an empty ``folder``.

    Args:
        folder: where it is written.
        releases: those of the generation, in order.
        cache: has their digests and analyses.
        encoder: computes the vectors that are not known.
        previous: what the generation before has.
        pending: the vectors of an interrupted build.
        coded_from: the number of passages of a segment from which sign codes are written.
        merge_policy: when a segment that could be kept is written anew.
        on_progress: called at each step.
    """
    reused = previous.reused
    plan = plan_segments(
        [each.exact for each in releases],
        [each.documents for each in reused.analyses] if reused else [],
        merge_policy,
    )
    before = reused.manifest.segments if reused else ()
    kept = [before[at] for at in plan.kept]
    numbers = plan.written
    known = len(releases) - len(numbers)

    def on_release(position: int) -> None:
        on_progress(Progress("embedding", known + position, len(releases)))

    def on_embedded() -> None:
        on_progress(Progress("writing", len(releases), len(releases)))

    on_release(0)
    written: WrittenSegment | None = None
    if numbers:
        written = write_segment(
            segment_folder(folder, _next_name(before)),
            [releases[number] for number in numbers],
            cache,
            encoder,
            known=previous.vectors,
            pending=pending,
            coded_from=coded_from,
            on_release=on_release,
            on_embedded=on_embedded,
        )
    else:
        on_embedded()
    locations = list(_locations(plan))
    write_release_store(
        folder / RELEASES, releases, locations, reused.folder / RELEASES if reused else None
    )
    cache.save_digests(folder / DIGESTS)
    sums: dict[str, FileSum] = {}
    if reused and kept:
        for info in kept:
            link_folder(segment_folder(reused.folder, info.name), segment_folder(folder, info.name))
        sums = _sums_in(reused.manifest, kept)
    counts = _word_counts(reused, plan, written)
    write_words(folder / WORDS, ((word, counts[word]) for word in sorted(counts)))
    segments = (*kept, written.info) if written else tuple(kept)
    texts = _row_texts(folder, segments, locations)
    recurring = recurring_rows(texts, [each.release for each in releases])
    np.save(folder / RECURRING, recurring)
    known_dimensions = reused.manifest.dimensions if reused else 0
    dimensions = written.dimensions if written else known_dimensions
    places = np.stack([texts.release_of, texts.paragraphs], axis=1)[recurring]
    return WrittenGeneration(dimensions, segments, len(texts.words), sums, places)


def _next_name(segments: Sequence[SegmentInfo]) -> str:
    """A name that no segment of the generation before has: ``s000001``, ``s000002`` and so on."""
    return f"s{max((int(each.name[1:]) for each in segments), default=0) + 1:06d}"


def _locations(plan: SegmentPlan) -> Iterator[Location]:
    """Where each release is: the kept segments come first, then the one that is written."""
    position = {segment: at for at, segment in enumerate(plan.kept)}
    documents = count()
    for location in plan.locations:
        yield (
            (position[location[0]], location[1]) if location else (len(plan.kept), next(documents))
        )


def _row_texts(
    folder: Path, segments: Sequence[SegmentInfo], locations: Sequence[Location]
) -> RowTexts:
    """The texts of all rows of the generation in a folder, whose releases have these locations."""
    folders = [segment_folder(folder, each.name) for each in segments]
    placed = placement(
        np.array(locations, dtype=np.int32).reshape(-1, 2),
        [each.documents for each in segments],
        [np.load(each / PASSAGES, allow_pickle=False) for each in folders],
    )
    hashes = placed.gathered([np.load(each / HASHES, allow_pickle=False) for each in folders])
    return RowTexts(hashes, placed.passages[:, 0], placed.passages[:, 1])


def _sums_in(manifest: Manifest, segments: Sequence[SegmentInfo]) -> dict[str, FileSum]:
    """The checksums of the files of some segments of a generation."""
    folders = [segment_folder(Path(), each.name) for each in segments]
    return {
        name: sums
        for name, sums in manifest.files.items()
        if any(folder in Path(name).parents for folder in folders)
    }


def _word_counts(
    reused: ReusedGeneration | None, plan: SegmentPlan, written: WrittenSegment | None
) -> dict[str, int]:
    """How often each word occurs in the generation."""
    counts = _kept_word_counts(reused, plan) if reused and plan.kept else {}
    for word, more in (written.word_counts if written else {}).items():
        counts[word] = counts.get(word, 0) + more
    return counts


def _kept_word_counts(reused: ReusedGeneration, plan: SegmentPlan) -> dict[str, int]:
    """How often each word occurs in the releases that stay in a segment.

    It is what the generation before has, without what is gone or written anew, and with what has
    come back: a document that no release stood for is still in its segment.
    """
    counts = dict(reused.word_counts)
    before, now = set(reused.locations), set(filter(None, plan.locations))
    for sign, locations in ((-1, before - now), (1, now - before)):
        changed: dict[int, list[int]] = {}
        for segment, document in locations:
            changed.setdefault(segment, []).append(document)
        for segment, documents in changed.items():
            for word, times in reused.analyses[segment].word_counts(documents).items():
                counts[word] = counts.get(word, 0) + sign * times
    return {word: times for word, times in counts.items() if times}
