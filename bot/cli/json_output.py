"""Results as JSON."""

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval.indexing.report import IndexReport
from retrieval.ranking.answer import Answer, CitedPassage
from retrieval.ranking.full_release import QuotedParagraph
from retrieval.release import AttachedDocument, ReleaseInfo
from retrieval.release_history import ReleaseHistory

if TYPE_CHECKING:
    from bot.cli.doctor import CheckResult
    from retrieval.evaluation.evaluate import Evaluation
    from retrieval.query.understanding import ParsedQuery
    from retrieval.request_answers import RequestAnswer


_CONTROL = re.compile(r"[\x7f-\x9f]")


def json_text(value: object, *, indent: int | None = None) -> str:
    """A value as JSON text that can be encoded as UTF-8 and has no control characters."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    # JSON lets these stand; a terminal might obey them.
    text = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    # A lone surrogate, which is valid in JSON and not in UTF-8, stays escaped.
    return text if text.isascii() or _is_encodable(text) else json.dumps(value, indent=indent)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def answer_json(answer: Answer, id: str | None = None) -> dict[str, Any]:
    """An answer; ``id`` is that of its line in a batch."""
    return {
        "id": id,
        "question": answer.question.text,
        "answered": answer.answered,
        "reason": answer.reason,
        "confidence": answer.confidence,
        "reading": _query_json(answer.ranking.query),
        "passages": [_passage_json(passage) for passage in answer.passages],
        "milliseconds": answer.milliseconds,
    }


def response_json(found: "Answer | RequestAnswer", id: str | None = None) -> dict[str, Any]:
    """An answer, or what serves a request, which has the same keys and ``request``."""
    if isinstance(found, Answer):
        return answer_json(found, id)
    from retrieval.request_answers import REASONS

    return {
        "id": id,
        "question": found.question.text,
        "answered": False,
        "reason": REASONS[found.request.kind],
        "confidence": 0.0,
        "reading": _query_json(found.timeline.query) if found.timeline else None,
        "passages": [],
        "milliseconds": found.milliseconds,
        "request": {
            "kind": found.request.kind,
            "topic": found.request.topic or None,
            "count": len(found.releases),
            "releases": [_citation_json(info) for info in found.releases],
        },
    }


def release_info_json(info: ReleaseInfo) -> dict[str, Any]:
    """A release without its paragraphs."""
    return _citation_json(info) | {"source": info.source}


def release_json(history: ReleaseHistory) -> dict[str, Any]:
    """A whole release; ``attachments``, ``also`` and ``earlier`` only where there are any.

    ``also`` is where else it was read, and ``earlier`` what it said before, the latest first.
    """
    release = history.release
    attachments = [
        _attachment_json(each) | {"paragraphs": [numbers[0], numbers[-1]]}
        for each, numbers in release.attachments()
    ]
    return (
        release_info_json(release.info)
        | {"paragraphs": list(release.paragraphs)}
        | ({"attachments": attachments} if attachments else {})
        | ({"also": [asdict(each) for each in release.also]} if release.also else {})
        | _changes_json(history)
    )


def _changes_json(history: ReleaseHistory) -> dict[str, Any]:
    if not history.changed:
        return {}
    return {
        "changed": history.changed.isoformat(),
        "earlier": [
            {
                "until": each.replaced.isoformat(),
                "title": each.wording.title,
                "paragraphs": list(each.wording.paragraphs),
            }
            for each in history.earlier
        ],
    }


def report_json(report: IndexReport) -> dict[str, Any]:
    """The report of a build: ``refused`` and ``notes`` are the first ones.

    The latter are there only where there are any.
    """
    notes = [{"source": note.source, "text": note.text} for note in report.notes]
    return {
        "generation": report.generation,
        "releases": report.releases,
        "paragraphs": report.paragraphs,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "refused": [
            {"source": document.source, "reason": document.reason} for document in report.refused
        ],
        "refused_count": report.refused_count,
        "seconds": report.seconds,
        **({"notes": notes, "notes_count": report.notes_count} if notes else {}),
    }


def check_json(result: "CheckResult") -> dict[str, Any]:
    """The result of a check of ``verbatim doctor``."""
    return asdict(result)


def explanation_json(answer: Answer) -> list[dict[str, Any]]:
    """Why each passage has its rank, including the first ones that are not in the answer."""
    from retrieval.ranking.explanation import explain

    return [asdict(passage) for passage in explain(answer.ranking, len(answer.passages))]


def evaluation_json(evaluation: "Evaluation") -> dict[str, Any]:
    """The result of ``verbatim eval``; keys that are numbers become strings in JSON."""
    return asdict(evaluation)


def _passage_json(passage: CitedPassage) -> dict[str, Any]:
    return {
        "rank": passage.rank,
        "score": passage.score,
        "text": passage.text,
        "highlight": list(passage.highlight),
        "words": list(passage.words) if passage.words else None,
        "paragraph": passage.paragraph,
        "page": passage.place.page,
        "attachment": _attachment_json(passage.place.attachment)
        if passage.place.attachment
        else None,
        "lead_in": _paragraph_json(passage.lead_in) if passage.lead_in else None,
        "items": [_paragraph_json(item) for item in passage.items],
        "link": passage.link,
        "release": _citation_json(passage.release),
        "also": [_citation_json(release) for release in passage.also],
    }


def _attachment_json(attachment: AttachedDocument) -> dict[str, Any]:
    return {"name": attachment.name, "url": attachment.url}


def _paragraph_json(paragraph: QuotedParagraph) -> dict[str, Any]:
    return {"paragraph": paragraph.number, "text": paragraph.text}


def _query_json(query: "ParsedQuery") -> dict[str, Any]:
    """How the question was understood."""
    return {
        "text": query.text,
        "follow_up": query.relation if query.follows_up else None,
        "since": query.filter.since.isoformat() if query.filter.since else None,
        "until": query.filter.until.isoformat() if query.filter.until else None,
        "newsroom": query.filter.newsroom,
        "latest": query.latest,
        "members": sorted(query.named.members),
        "phrases": list(query.phrases),
        "unused_phrases": query.unused_phrases,
        "unread_quotation_marks": query.unread_marks,
        "unread_time": query.unread_time,
        "corrected": dict(query.spelling.changes),
    }


def _citation_json(info: ReleaseInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "title": info.title,
        "date": info.date.isoformat() if info.date else None,
        "url": info.url,
        "newsroom": info.newsroom,
        **({"gone": info.gone.isoformat()} if info.gone else {}),
    }
