"""Mine candidates for questions with known answers, with the product's own retrieval.

    python -m retrieval.training.mine QUESTIONS.jsonl --data DIR --out FOLDER

``QUESTIONS.jsonl`` has the format of `retrieval.evaluation.questions`, ``FOLDER`` that of
`retrieval.training.mined`. A candidate is relevant if its paragraph contains the answer, or is a
near duplicate, from a joint release, of one that does.
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
    """Mine the candidates of each question; questions without any are left out."""
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
                relevant=_relevant(each, candidates),
                texts=[reranker_text(candidate) for candidate in candidates],
                paragraphs=np.array([candidate.number for candidate in candidates]),
                releases=np.array([candidate.release.number for candidate in candidates]),
                sentences=_sentences(each, index),
            )
        )
    return mined


def main() -> None:
    """Mine the questions of a file and write the result."""
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
    """Return the newsroom that published the answer, or an empty string if nothing answers."""
    if not judged.relevant:
        return ""
    release, _ = min(judged.relevant)
    return index.releases.by_number([release])[release].newsroom or "unnamed"


def _sentences(judged: JudgedQuestion, index: Index) -> dict[str, list[str]]:
    """Return the sentences of the paragraph that answers, as the reranker reads them, by label.

    A sentence is positive if it contains more than half of the answer.
    """
    sentences: dict[str, list[str]] = {"positives": [], "negatives": []}
    if not judged.relevant or judged.entry.answer is None:
        return sentences
    release, number = min(judged.relevant)
    source = source_line(index.releases.by_number([release])[release])
    paragraph = index.releases.paragraphs(release)[number - 1]
    answer = answer_span(paragraph, judged.entry.answer) or (0, 0)
    for start, end in sentence_spans(paragraph):
        shared = min(end, answer[1]) - max(start, answer[0])
        label = "positives" if 2 * shared > answer[1] - answer[0] else "negatives"
        sentences[label].append(f"{source}\n{paragraph[start:end]}")
    return sentences


def _relevant(judged: JudgedQuestion, candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Return (n,) bool: which candidates answer, or are near duplicates of one that does."""
    relevant = np.array([(c.release.number, c.number) in judged.relevant for c in candidates])
    originals = np.array(near_duplicates([candidate.text for candidate in candidates]))
    return relevant | np.isin(originals, originals[relevant])


if __name__ == "__main__":
    main()
