"""Sources as JSON."""

from typing import Any

from bot.sites import Sample, SiteNews
from bot.source_list import SourceState
from retrieval.sources.web.import_report import ImportReport
from retrieval.sources.web.offers import Discovery


def discovery_json(discovery: Discovery, samples: tuple[Sample, ...]) -> dict[str, Any]:
    """What a site offers, what of it is read, and the first releases."""
    plan = discovery.plan
    return {
        "kind": discovery.kind.value,
        "offers": [
            {
                "kind": each.kind.value,
                "address": each.address,
                "summary": each.summary,
                "releases": each.count,
                "is_estimate": each.is_estimate,
                "reach": each.reach.value,
                "first": each.first.isoformat() if each.first else None,
                "last": each.last.isoformat() if each.last else None,
            }
            for each in discovery.offers
        ],
        "archive": plan.archive.address if plan.archive else None,
        "news": plan.news.address if plan.news else None,
        "complete": plan.is_complete,
        "tried": [{"address": each.address, "reason": each.reason} for each in discovery.attempts],
        "samples": [
            {
                "url": each.address or None,
                "title": each.title,
                "date": each.date.isoformat() if each.date else None,
                "paragraph": each.paragraph or None,
                "error": each.error or None,
            }
            for each in samples
        ],
    }


def import_json(report: ImportReport) -> dict[str, Any]:
    """What an import did."""
    return {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "pdfs": report.pdfs,
        "failed": [{"address": each.address, "reason": each.reason} for each in report.failed],
        "gone": report.gone,
        "stopped": str(report.stopped) if report.stopped else None,
    }


def source_json(state: SourceState) -> dict[str, Any]:
    """A source, and how far it is."""
    value: dict[str, Any] = {"kind": state.kind, "name": state.name}
    if status := state.status:
        value |= {
            "releases": status.copied,
            "listed": status.listed,
            "failed": status.failed,
            "gone": status.gone,
            "complete": state.is_complete,
            "added": status.added.isoformat(),
            "read": status.read.isoformat() if status.read else None,
            "failure": status.failure or None,
        }
    return value


def check_json(state: SourceState, news: SiteNews | None) -> dict[str, Any]:
    """A source, and what is new there."""
    value = source_json(state)
    if news:
        value["error"] = news.error or None
        value["new"] = [
            {
                "url": each.address,
                "title": each.title,
                "date": each.day.isoformat() if each.day else None,
            }
            for each in news.new
        ]
    return value
