"""Questions with known answers, and the paragraphs of an index that contain them (the qrels).

A question file has one JSON object a line:

    id            unique name of the question
    question      the question itself
    answer        words of the paragraph that answers it, verbatim; null if nothing published does
    release_id    id of the release that contains them; required if there is an answer. Where
                  nothing answers, it may name the nearest release, which only training reads
    also          optional: list of ids of further relevant releases
    kind          optional: questions of the same kind are also reported together; `sort_of` one
                  that nothing answers may be read from it
    since, until  optional: dates like 2025-09-08, both inclusive
    previous      optional: the question that this one follows up, as the id of a line or as text

A ``previous`` of one word is an id; text has at least two words.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from embeddings.errors import VerbatimError
from retrieval.errors import BadQuestionFile
from retrieval.index.release_store import ReleaseStore
from retrieval.question import Question

ParagraphRef = tuple[int, int]
"""Release number and paragraph number, both of one generation of the index."""

DEPTH = 100  # paragraphs ranked for a question
ANSWERABLE = "answerable"
UNANSWERABLE = "unanswerable"
NEAR = "near"
FAR = "far"

_WORD = re.compile(r"[\w\u0300-\u036f]+")
_STRINGS = ("answer", "release_id", "kind", "since", "until", "previous")


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One line of a question file.

    ``releases`` are the ids of the relevant releases; ``nearest`` is that of the release that comes
    nearest to a question without an answer, where the line names one.
    """

    id: str
    kind: str
    question: Question
    answer: str | None
    releases: tuple[str, ...]
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with its relevant paragraphs; there are none if nothing answers it."""

    entry: EvalQuestion
    relevant: frozenset[ParagraphRef]


@dataclass(frozen=True, slots=True)
class SkippedQuestion:
    """A question that cannot be judged, since its answer is not in the index."""

    id: str
    reason: str


def read_questions(path: Path) -> tuple[EvalQuestion, ...]:
    """Read a question file.

    Raises:
        BadQuestionFile: if it cannot be read, or has a line that is not a valid question.
    """
    rows = _read_rows(path)
    by_id: dict[str, Mapping[str, Any]] = {}
    for line, row in rows:
        if row["id"] in by_id:
            reason = f"the id {row['id']!r} is used on an earlier line"
            raise BadQuestionFile(path, line, reason, "Give it another id")
        by_id[row["id"]] = row
    questions = []
    for line, row in rows:
        try:
            questions.append(_question(row, by_id))
        except (ValueError, VerbatimError) as error:
            raise BadQuestionFile(path, line, str(error), "Correct that line") from error
    return tuple(questions)


def sort_of(kind: str) -> str | None:
    """Return `NEAR` or `FAR` if a kind of unanswerable question names it, else None.

    ``near``, ``near-price`` and ``unanswerable-near`` are all near.
    """
    parts = re.split(r"[\W_]+", kind.casefold())
    return next((sort for sort in (NEAR, FAR) if sort in parts), None)


def locate_answers(
    questions: Sequence[EvalQuestion], store: ReleaseStore
) -> tuple[list[JudgedQuestion], list[SkippedQuestion]]:
    """Find the paragraphs that contain the answers.

    Returns:
        The questions that can be judged, and those that cannot since their answer is not found.
    """
    judged, skipped = [], []
    for question in questions:
        relevant = frozenset(_relevant_paragraphs(question, store))
        if relevant or question.answer is None:
            judged.append(JudgedQuestion(question, relevant))
        elif any(store.find(id) for id in question.releases):
            reason = "no paragraph of its releases contains the answer"
            skipped.append(SkippedQuestion(question.id, reason))
        else:
            reason = f"no release has the id {question.releases[0]!r}"
            skipped.append(SkippedQuestion(question.id, reason))
    return judged, skipped


def answer_span(paragraph: str, answer: str) -> tuple[int, int] | None:
    """Return the character span of an answer in a paragraph, or None if it is not there.

    Words are compared casefolded and in order; quotation marks, dashes and spaces may differ.
    """
    target = [_fold(match.group()) for match in _WORD.finditer(answer)]
    matches = list(_WORD.finditer(paragraph))
    words = [_fold(match.group()) for match in matches]
    for start in range(len(words) - len(target) + 1):
        if target and words[start : start + len(target)] == target:
            return matches[start].start(), matches[start + len(target) - 1].end()
    return None


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())


def _relevant_paragraphs(question: EvalQuestion, store: ReleaseStore) -> Iterator[ParagraphRef]:
    if question.answer is None:
        return
    for id in question.releases:
        if release := store.find(id):
            seen = set()
            for number, text in enumerate(store.paragraphs(release.number), start=1):
                # A paragraph that a release repeats is indexed, and so retrieved, only once.
                if text not in seen and answer_span(text, question.answer):
                    yield release.number, number
                seen.add(text)


def _read_rows(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the JSON objects of a file with their line numbers."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadQuestionFile(path, line, "it is not UTF-8", "Save the file as UTF-8") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadQuestionFile(path, None, reason, "Name a file of questions") from error
    rows = [
        (number, _parse_row(path, number, line))
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not rows:
        raise BadQuestionFile(path, None, "it has no questions", "Write one JSON object per line")
    return rows


def _parse_row(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        fix = "Write one JSON object per line"
        raise BadQuestionFile(path, number, f"it is not JSON ({error})", fix) from error
    if not isinstance(row, dict):
        fix = 'Write an object: {"id": …, "question": …, "answer": …, "release_id": …}'
        raise BadQuestionFile(path, number, "it is not a JSON object", fix)
    if problem := _problem(row):
        raise BadQuestionFile(path, number, *problem)
    return row


def _problem(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what is wrong with a row and how to fix it, or None."""
    for key in ("id", "question"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            return f"{key!r} is missing or not a string", f"Give each question a {key!r}, a string"
    if "answer" not in row:
        return "'answer' is missing", "Give the words that answer, or null if nothing does"
    for key in _STRINGS:
        if not isinstance(row.get(key), str | None):
            return f"{key!r} is not a string", f"Make {key!r} a string or null"
    if row["answer"] is not None and not _WORD.search(row["answer"]):
        return "'answer' has no words", "Give the words that answer, or null if nothing does"
    if row["answer"] is not None and not row.get("release_id"):
        return "'release_id' is missing", "Give the id of the release that contains the answer"
    also = row.get("also")
    if also is not None and not (
        isinstance(also, list) and all(isinstance(id, str) for id in also)
    ):
        return "'also' is not a list of strings", "List the ids of the other relevant releases"
    return None


def _question(row: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> EvalQuestion:
    """Build the question of a row.

    Raises:
        ValueError: if a date or ``previous`` is invalid.
        BadQuestion: if no search would accept the question.
    """
    answer = row["answer"]
    releases = (row["release_id"], *(row.get("also") or ())) if answer is not None else ()
    return EvalQuestion(
        id=row["id"],
        kind=row.get("kind") or (UNANSWERABLE if answer is None else ANSWERABLE),
        question=Question(
            row["question"],
            since=_date("since", row),
            until=_date("until", row),
            previous=_previous(row, by_id),
            limit=DEPTH,
        ),
        answer=answer,
        releases=releases,
        nearest=row.get("release_id") if answer is None else None,
    )


def _previous(row: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> str | None:
    previous = row.get("previous")
    if not previous:
        return None
    if previous in by_id:
        return str(by_id[previous]["question"])
    if len(previous.split()) < 2:
        raise ValueError(f"'previous' is {previous!r}, but no line has that id")
    return str(previous)


def _date(key: str, row: Mapping[str, Any]) -> date | None:
    if not row.get(key):
        return None
    try:
        return date.fromisoformat(row[key])
    except ValueError:
        raise ValueError(f"{key!r} is {row[key]!r}, not a date like 2025-09-08") from None
