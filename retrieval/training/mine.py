"""Candidates of known questions, found by the product itself, for training and fitting.

    python -m retrieval.training.mine QUESTIONS.jsonl --data DIR --out FOLDER

The question file is one of `retrieval.evaluation.questions`. ``FOLDER/candidates.npz`` holds the
evidence, ``FOLDER/questions.jsonl`` the texts, a question a line, in the same order. A candidate
counts as right if it is a paragraph that holds the answer, or one that a joint release says in the
same words.
"""

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np

from embeddings.loading import load_encoder
from embeddings.models import DEFAULT_MODEL
from retrieval.evaluation.questions import JudgedQuestion, answer_span, judge, read_questions
from retrieval.index.index import Index, open_index
from retrieval.ranking.candidates import Candidate
from retrieval.ranking.confidence import coverage
from retrieval.ranking.features import Asked, evidence
from retrieval.ranking.searcher import context, gather, reranker_text, source_line, understand
from retrieval.text.overlap import near_duplicates
from retrieval.text.sentences import sentence_spans

TODAY = date(2026, 11, 1)  # after every release


def main() -> None:
    """Write what the product finds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    index = open_index(arguments.data)
    encoder = load_encoder(DEFAULT_MODEL, arguments.data / "models")
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows, sizes, covered = [], [], []
    with (arguments.out / "questions.jsonl").open("w", encoding="utf-8") as file:
        judged, lost = judge(read_questions(arguments.questions), index.releases)
        for each in judged:
            question = each.known.question
            parsed = understand(index, question, TODAY)
            cited = context(index, encoder, question, TODAY)
            candidates = gather(index, encoder, parsed, cited)
            if not candidates:
                continue
            asked = Asked(parsed.text, parsed.weights, parsed.reading, cited)
            rows.append(evidence(asked, candidates))
            covered += [coverage(candidate, parsed.weights) for candidate in candidates]
            sizes.append(len(candidates))
            line = {
                "question": parsed.text,
                "kind": each.known.kind,
                "newsroom": _newsroom(each, index),
                "passages": len(index.vectors),
                "right": _right(each, candidates),
                "texts": [reranker_text(candidate) for candidate in candidates],
                "sentences": _sentences(each, index),
                "paragraphs": [candidate.number for candidate in candidates],
                "releases": [candidate.release.number for candidate in candidates],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    np.savez(
        arguments.out / "candidates.npz",
        evidence=np.concatenate(rows),
        sizes=sizes,
        coverage=covered,
    )
    print(f"{len(sizes)} questions, {sum(sizes)} candidates, {len(lost)} lost")


def _newsroom(judged: JudgedQuestion, index: Index) -> str:
    """Who published the answer; nobody where nothing answers."""
    if not judged.right:
        return ""
    release, _ = min(judged.right)
    return index.releases.by_number([release])[release].newsroom or "unnamed"


def _sentences(judged: JudgedQuestion, index: Index) -> dict[str, list[str]]:
    """The sentences of the paragraph that answers, as the reranker reads them: right and wrong.

    Right is one with more than half of the answer.
    """
    found: dict[str, list[str]] = {"right": [], "wrong": []}
    if not judged.right or judged.known.answer is None:
        return found
    release, number = min(judged.right)
    source = source_line(index.releases.by_number([release])[release])
    paragraph = index.releases.paragraphs(release)[number - 1]
    answer = answer_span(paragraph, judged.known.answer) or (0, 0)
    for start, end in sentence_spans(paragraph):
        shared = min(end, answer[1]) - max(start, answer[0])
        which = "right" if 2 * shared > answer[1] - answer[0] else "wrong"
        found[which].append(f"{source}\n{paragraph[start:end]}")
    return found


def _right(known: JudgedQuestion, candidates: list[Candidate]) -> list[int]:
    """The positions of the candidates that answer."""
    places = [(each.release.number, each.number) for each in candidates]
    right = [at for at, place in enumerate(places) if place in known.right]
    firsts = near_duplicates([each.text for each in candidates])
    groups = {firsts[at] for at in right}
    return [at for at, first in enumerate(firsts) if at in right or first in groups]


if __name__ == "__main__":
    main()
