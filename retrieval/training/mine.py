"""Mine candidates for questions with known answers, with the product's own retrieval.

    python -m retrieval.training.mine ARCHIVE… --out FOLDER [--questions FILE]

An ``ARCHIVE`` is a folder of `retrieval.training.archives`, with its ``questions.jsonl`` in the
format of `retrieval.evaluation.questions`; ``FOLDER`` has the format of `retrieval.training.mined`.
A candidate is relevant if its paragraph contains the answer, or is a near duplicate, from a joint
release, of one that does.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.loading import load_encoder
from embeddings.models import DEFAULT_MODEL
from retrieval.evaluation.questions import (
    JudgedQuestion,
    answer_span,
    locate_answers,
    read_questions,
)
from retrieval.index.folder_index import open_index
from retrieval.index.index import Index
from retrieval.passages import embedded_text
from retrieval.ranking.candidates import Candidate, reranker_text, source_line
from retrieval.ranking.features import feature_table
from retrieval.ranking.searcher import Searcher
from retrieval.release import ReleaseInfo
from retrieval.text.overlap import near_duplicates
from retrieval.training.examples import Positive
from retrieval.training.mined import MinedQuestion, write_mined

TODAY = date(2026, 11, 1)  # after every release
_GOLD = 3  # paragraphs that contain the answer, of those in joint releases


def mine(
    searcher: Searcher, judged: Sequence[JudgedQuestion], archive: str = ""
) -> list[MinedQuestion]:
    """Mine the candidates of each question; questions without any are left out.

    Args:
        searcher: searches the archive.
        judged: the questions, with the paragraphs that answer.
        archive: the kind of the archive, by which the weights' fit is reported.
    """
    index, mined = searcher.index, []
    for each in judged:
        query = searcher.understand(each.entry.question)
        candidates = searcher.retrieve(query)
        if not candidates:
            continue
        gold, release = _gold(each, index), _release(each, index)
        mined.append(
            MinedQuestion(
                question=query.text,
                kind=each.entry.kind,
                newsroom=_newsroom(release),
                member=(release.author if release else None) or "",
                archive=archive,
                passages=index.manifest.passages,
                features=feature_table(query, candidates),
                relevant=_relevant(each, candidates),
                texts=[str(reranker_text(candidate)) for candidate in candidates],
                titles=[_title_start(candidate.release) for candidate in candidates],
                paragraphs=np.array([candidate.number for candidate in candidates]),
                releases=np.array([candidate.release.number for candidate in candidates]),
                gold=[positive for positive, _ in gold],
                gold_titles=[title for _, title in gold],
            )
        )
    return mined


def main() -> None:
    """Mine the questions of a file and write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--questions", type=Path, help="others than those of the archive")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.model, arguments.out / "models")
    mined = []
    for archive in arguments.archives:
        index = open_index(archive)
        entries = read_questions(arguments.questions or archive / "questions.jsonl")
        judged, skipped = locate_answers(entries, index.releases)
        searcher = Searcher(index, encoder, today=lambda: TODAY)
        mined += mine(searcher, judged, archive.parent.name)
        print(f"{archive}: {len(judged)} questions, {len(skipped)} skipped", flush=True)
    write_mined(arguments.out, mined)


def _release(judged: JudgedQuestion, index: Index) -> ReleaseInfo | None:
    """Return the release of the answer, or the one that comes nearest to it; else None."""
    if judged.relevant:
        number = min(judged.relevant)[0]
        return index.releases.by_number([number])[number]
    return index.releases.find(judged.entry.nearest) if judged.entry.nearest else None


def _newsroom(release: ReleaseInfo | None) -> str:
    """Return whose a release is; an empty string for none."""
    if release is None:
        return ""
    # A distributor publishes for many companies, which their titles begin with.
    return release.author or f"{release.newsroom or 'unnamed'} {release.title.split()[0]}"


def _title_start(release: ReleaseInfo) -> int:
    """Return where the title begins in the source line of a release."""
    return len(source_line(release)) - len(release.title)


def _gold(judged: JudgedQuestion, index: Index) -> list[tuple[Positive, int]]:
    """Return the passages that contain the answer, as the reader reads them, and their titles."""
    gold: list[tuple[Positive, int]] = []
    if judged.entry.answer is None:
        return gold
    for release, number in sorted(judged.relevant)[:_GOLD]:
        info = index.releases.by_number([release])[release]
        source = source_line(info)
        paragraphs = index.releases.paragraphs(release)
        for passage in index.passages_of(release):
            text = passage.text(paragraphs)
            if passage.paragraph == number and (span := answer_span(text, judged.entry.answer)):
                whole = embedded_text(source, passage.heading(paragraphs), text)
                before = len(whole) - len(text)
                positive = Positive(whole, (span[0] + before, span[1] + before))
                gold.append((positive, _title_start(info)))
    return gold


def _relevant(judged: JudgedQuestion, candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Return (n,) bool: which candidates answer, or are near duplicates of one that does."""
    relevant = np.array([(c.release.number, c.number) in judged.relevant for c in candidates])
    originals = np.array(near_duplicates([candidate.text for candidate in candidates]))
    return relevant | np.isin(originals, originals[relevant])


if __name__ == "__main__":
    main()
