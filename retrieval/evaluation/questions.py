"""Questions with known answers, and the paragraphs of an index that hold them (the qrels).

A question file has one JSON object a line:

    id            names the question
    question      what is asked
    answer        words of the paragraph that answers, verbatim; null where nothing published does
    release_id    the release that holds them; needed where there is an answer
    also          optional: ids of more releases that are right, a list
    kind          optional: a name for questions to be counted together
    since, until  optional: days like 2025-09-08, both included
    previous      optional: what this question follows up, the id of another line or a text

A text for ``previous`` has two words or more; one word is an id.
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
"""Release number and paragraph number."""

DEPTH = 100  # paragraphs ranked for a question
ANSWERABLE = "answerable"
UNANSWERABLE = "unanswerable"

_WORD = re.compile(r"[\w\u0300-\u036f]+")
_TEXTS = ("answer", "release_id", "kind", "since", "until", "previous")


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A line of a question file. ``releases`` are the ids of the releases that are right."""

    id: str
    kind: str
    question: Question
    answer: str | None
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with the places of its answer; none where nothing answers it."""

    known: EvalQuestion
    right: frozenset[ParagraphRef]


@dataclass(frozen=True, slots=True)
class SkippedQuestion:
    """A question that cannot be judged, since its answer stands nowhere in the index."""

    id: str
    reason: str


def read_questions(path: Path) -> tuple[EvalQuestion, ...]:
    """Read a question file. Raises `BadQuestionFile`."""
    rows = _rows(path)
    by_id: dict[str, Mapping[str, Any]] = {}
    for line, row in rows:
        if row["id"] in by_id:
            raise BadQuestionFile(
                path, line, f"the id {row['id']!r} stands on a line before", "Give it another id"
            )
        by_id[row["id"]] = row
    known = []
    for line, row in rows:
        try:
            known.append(_known(row, by_id))
        except (ValueError, VerbatimError) as error:
            raise BadQuestionFile(path, line, str(error), "Correct that line") from error
    return tuple(known)


def judge(
    questions: Sequence[EvalQuestion], store: ReleaseStore
) -> tuple[list[JudgedQuestion], list[SkippedQuestion]]:
    """Find where the answers stand; a question whose answer is nowhere in the index is lost."""
    judged, lost = [], []
    for known in questions:
        right = frozenset(_places(known, store))
        if right or known.answer is None:
            judged.append(JudgedQuestion(known, right))
        elif any(store.find(id) for id in known.releases):
            lost.append(
                SkippedQuestion(
                    known.id, "no paragraph of its releases holds the words of the answer"
                )
            )
        else:
            lost.append(SkippedQuestion(known.id, f"no release has the id {known.releases[0]!r}"))
    return judged, lost


def answer_span(paragraph: str, answer: str) -> tuple[int, int] | None:
    """The (start, end) of an answer's words in a paragraph, compared casefolded; None if not there.

    Only words count, in their order: quotation marks, dashes and spaces may differ.
    """
    sought = [_folded(match.group()) for match in _WORD.finditer(answer)]
    found = list(_WORD.finditer(paragraph))
    held = [_folded(match.group()) for match in found]
    for at in range(len(held) - len(sought) + 1):
        if sought and held[at : at + len(sought)] == sought:
            return found[at].start(), found[at + len(sought) - 1].end()
    return None


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())


def _places(known: EvalQuestion, store: ReleaseStore) -> Iterator[ParagraphRef]:
    if known.answer is None:
        return
    for id in known.releases:
        if heading := store.find(id):
            seen = set()
            for number, text in enumerate(store.paragraphs(heading.number), start=1):
                # A paragraph that a release repeats is searched, and so found, only once.
                if text not in seen and answer_span(text, known.answer):
                    yield heading.number, number
                seen.add(text)


def _rows(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    """The objects of a file with the numbers of their lines."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadQuestionFile(path, line, "it is not UTF-8", "Save the file as UTF-8") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadQuestionFile(path, None, reason, "Name a file of questions") from error
    rows = [
        (number, _row(path, number, line))
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not rows:
        raise BadQuestionFile(
            path, None, "it holds no question", "Write one JSON object a line into it"
        )
    return rows


def _row(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        fix = "Write one whole JSON object a line"
        raise BadQuestionFile(path, number, f"it is not JSON ({error})", fix) from error
    if not isinstance(row, dict):
        fix = 'Write an object: {"id": …, "question": …, "answer": …, "release_id": …}'
        raise BadQuestionFile(path, number, "it is not a JSON object", fix)
    if fault := _fault(row):
        raise BadQuestionFile(path, number, *fault)
    return row


def _fault(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a line and how to mend it, if anything is."""
    for key in ("id", "question"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            return f"{key!r} is missing or not a text", f"Give each question its {key!r} as a text"
    if "answer" not in row:
        return "'answer' is missing", "Give the words that answer, or null where nothing does"
    for key in _TEXTS:
        if not isinstance(row.get(key), str | None):
            return f"{key!r} is not a text", f"Give {key!r} as a text, or null"
    if row["answer"] is not None and not _WORD.search(row["answer"]):
        return "'answer' has no words", "Give the words that answer, or null where nothing does"
    if row["answer"] is not None and not row.get("release_id"):
        return "'release_id' is missing", "Give the id of the release that holds the answer"
    also = row.get("also")
    if also is not None and not (isinstance(also, list) and all(isinstance(i, str) for i in also)):
        return "'also' is not a list of texts", "Give the ids of the other right releases in []"
    return None


def _known(row: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> EvalQuestion:
    """A line as a value. Raises `ValueError`, or `BadQuestion` for what no search would take."""
    answer = row["answer"]
    releases = (row["release_id"], *(row.get("also") or ())) if answer is not None else ()
    return EvalQuestion(
        id=row["id"],
        kind=row.get("kind") or (UNANSWERABLE if answer is None else ANSWERABLE),
        question=Question(
            row["question"],
            since=_day("since", row),
            until=_day("until", row),
            previous=_previous(row, by_id),
            limit=DEPTH,
        ),
        answer=answer,
        releases=releases,
    )


def _previous(row: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> str | None:
    previous = row.get("previous")
    if not previous:
        return None
    if previous in by_id:
        return str(by_id[previous]["question"])
    if len(previous.split()) < 2:
        raise ValueError(f"'previous' names {previous!r}, and no line has that id")
    return str(previous)


def _day(key: str, row: Mapping[str, Any]) -> date | None:
    if not row.get(key):
        return None
    try:
        return date.fromisoformat(row[key])
    except ValueError:
        raise ValueError(f"{key!r} is {row[key]!r}, not a date like 2025-09-08") from None
