"""Values as the JSON that the command line promises."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval.indexing.report import IndexReport
from retrieval.ranking.answer import Answer, CitedPassage
from retrieval.release import ReleaseInfo

if TYPE_CHECKING:
    from bot.cli.doctor import CheckResult
    from retrieval.evaluation.evaluate import Evaluation


def json_text(value: object, *, indent: int | None = None) -> str:
    """A value as JSON text that any file can hold."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    # A lone surrogate, which JSON can carry and UTF-8 cannot, is left as the escape that it was.
    return text if text.isascii() or _is_encodable(text) else json.dumps(value, indent=indent)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def answer_json(answer: Answer, id: str | None = None) -> dict[str, Any]:
    """An answer; ``id`` is the batch line's."""
    return {
        "id": id,
        "question": answer.question.text,
        "answered": answer.answered,
        "reason": answer.reason,
        "confidence": answer.confidence,
        "reading": _reading_json(answer),
        "passages": [_passage_json(passage) for passage in answer.passages],
        "milliseconds": answer.milliseconds,
    }


def release_info_json(info: ReleaseInfo) -> dict[str, Any]:
    """A release without its paragraphs."""
    return _citation_json(info) | {"source": info.source}


def release_json(info: ReleaseInfo, paragraphs: tuple[str, ...]) -> dict[str, Any]:
    """A release, whole."""
    return release_info_json(info) | {"paragraphs": list(paragraphs)}


def report_json(report: IndexReport) -> dict[str, Any]:
    """What a build did."""
    return {
        "generation": report.generation,
        "releases": report.releases,
        "paragraphs": report.paragraphs,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "refused": [{"source": each.source, "reason": each.reason} for each in report.refused],
        "seconds": report.seconds,
    }


def finding_json(finding: "CheckResult") -> dict[str, Any]:
    """One thing that `verbatim doctor` looked at."""
    return asdict(finding)


def explanation_json(answer: Answer) -> list[dict[str, Any]]:
    """Why each passage is where it is, those included that nearly made it."""
    from retrieval.ranking.explanation import explain

    return [asdict(each) for each in explain(answer.ranking, answer.question.limit)]


def evaluation_json(evaluation: "Evaluation") -> dict[str, Any]:
    """All that `verbatim eval` measured; where it has numbers as keys, JSON has them as texts."""
    return asdict(evaluation)


def _passage_json(passage: CitedPassage) -> dict[str, Any]:
    return {
        "rank": passage.rank,
        "score": passage.score,
        "text": passage.text,
        "highlight": list(passage.highlight),
        "paragraph": passage.paragraph,
        "link": passage.link,
        "release": _citation_json(passage.release),
        "also": [_citation_json(release) for release in passage.also],
    }


def _reading_json(answer: Answer) -> dict[str, Any]:
    """How the question was understood."""
    query = answer.ranking.query
    return {
        "text": query.text,
        "since": query.filter.since.isoformat() if query.filter.since else None,
        "until": query.filter.until.isoformat() if query.filter.until else None,
        "newsroom": query.filter.newsroom,
        "latest": query.latest,
        "members": sorted(query.named.members),
        "phrases": list(query.phrases),
        "corrected": dict(query.spelling.changes),
    }


def _citation_json(info: ReleaseInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "title": info.title,
        "date": info.date.isoformat() if info.date else None,
        "url": info.url,
        "newsroom": info.newsroom,
    }
