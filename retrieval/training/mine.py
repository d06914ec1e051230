"""Candidates of known questions, found by the product itself, for training and fitting.

    python -m retrieval.training.mine QUESTIONS.jsonl --data DIR --out FOLDER

The question file is one of `retrieval.evaluation.questions`, ``FOLDER`` one of
`retrieval.training.mined`. A candidate counts as right if it is a paragraph that holds the answer,
or one that a joint release says in the same words.
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
from retrieval.index.index import Index, open_index
from retrieval.ranking.candidates import Candidate, reranker_text, source_line
from retrieval.ranking.confidence import coverage
from retrieval.ranking.features import feature_table
from retrieval.ranking.searcher import Searcher
from retrieval.text.overlap import near_duplicates
from retrieval.text.sentences import sentence_spans
from retrieval.training.mined import MinedQuestion, write_mined

TODAY = date(2026, 11, 1)  # after every release


def mine(searcher: Searcher, judged: Sequence[JudgedQuestion]) -> list[MinedQuestion]:
    """The candidates of each question that has any."""
    index, mined = searcher.index, []
    for each in judged:
        query = searcher.understand(each.entry.question)
        candidates = searcher.retrieve(query)
        if not candidates:
            continue
        mined.append(
            MinedQuestion(
                question=query.text,
                kind=each.entry.kind,
                newsroom=_newsroom(each, index),
                passages=len(index.vectors),
                features=feature_table(query, candidates),
                coverage=np.array([coverage(candidate, query.idf) for candidate in candidates]),
                right=_right(each, candidates),
                texts=[reranker_text(candidate) for candidate in candidates],
                paragraphs=np.array([candidate.number for candidate in candidates]),
                releases=np.array([candidate.release.number for candidate in candidates]),
                sentences=_sentences(each, index),
            )
        )
    return mined


def main() -> None:
    """Write what the product finds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    index = open_index(arguments.data)
    encoder = load_encoder(DEFAULT_MODEL, arguments.data / "models")
    judged, skipped = locate_answers(read_questions(arguments.questions), index.releases)
    mined = mine(Searcher(index, encoder, today=lambda: TODAY), judged)
    write_mined(arguments.out, mined)
    candidates = sum(len(each.texts) for each in mined)
    print(f"{len(mined)} questions, {candidates} candidates, {len(skipped)} questions skipped")


def _newsroom(judged: JudgedQuestion, index: Index) -> str:
    """Who published the answer; empty where nothing answers."""
    if not judged.right:
        return ""
    release, _ = min(judged.right)
    return index.releases.by_number([release])[release].newsroom or "unnamed"


def _sentences(judged: JudgedQuestion, index: Index) -> dict[str, list[str]]:
    """The sentences of the paragraph that answers, as the reranker reads them: right and wrong.

    Right is one with more than half of the answer.
    """
    found: dict[str, list[str]] = {"right": [], "wrong": []}
    if not judged.right or judged.entry.answer is None:
        return found
    release, number = min(judged.right)
    source = source_line(index.releases.by_number([release])[release])
    paragraph = index.releases.paragraphs(release)[number - 1]
    answer = answer_span(paragraph, judged.entry.answer) or (0, 0)
    for start, end in sentence_spans(paragraph):
        shared = min(end, answer[1]) - max(start, answer[0])
        which = "right" if 2 * shared > answer[1] - answer[0] else "wrong"
        found[which].append(f"{source}\n{paragraph[start:end]}")
    return found


def _right(judged: JudgedQuestion, candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    """(n,) bool: the candidates that answer, or that say the same as one that does."""
    right = np.array([(c.release.number, c.number) in judged.right for c in candidates])
    originals = np.array(near_duplicates([candidate.text for candidate in candidates]))
    return right | np.isin(originals, originals[right])


if __name__ == "__main__":
    main()
