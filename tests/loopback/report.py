"""What the runs of a loopback Discord covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .rules import all_rules


@dataclass(frozen=True)
class Report:
    """What a run covered: counts of requests, routes, events, rule checks and violations."""

    requests: int
    routes: Mapping[str, int]
    events: Mapping[str, int]
    rules: Mapping[str, int]
    """How often each rule was checked; ``schema`` counts bodies checked by the description."""
    schema_checked: bool
    violations: int

    @property
    def syncs(self) -> int:
        """How often the whole set of commands was registered."""
        return sum(
            count
            for route, count in self.routes.items()
            if route.startswith("PUT /applications/") and route.endswith("/commands")
        )

    @property
    def unchecked(self) -> list[str]:
        """The rules that were never checked."""
        return sorted(rule for rule in all_rules() if not self.rules.get(rule))

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        known, unchecked = all_rules(), self.unchecked
        bodies = self.rules.get("schema", 0)
        checked = (
            f"{bodies} bodies checked" if self.schema_checked else "not found, no bodies checked"
        )
        return [
            f"requests: {self.requests}, of them {self.syncs} command syncs",
            f"violations: {self.violations}",
            f"Discord's API description: {checked}",
            f"routes: {len(self.routes)}",
            *(f"  {route}: {count}" for route, count in _by_count(self.routes)),
            f"events: {len(self.events)}",
            *(f"  {event}: {count}" for event, count in _by_count(self.events)),
            f"rules: {len(known) - len(unchecked)} of {len(known)} were checked",
            *(f"  never {rule} ({known[rule]})" for rule in unchecked),
        ]


class Totals:
    """The reports of many runs. Give the same one to each `LoopbackDiscord` of a test session."""

    def __init__(self) -> None:
        self.reports: list[Report] = []

    def add(self, report: Report) -> None:
        """Add the report of a run."""
        self.reports.append(report)

    @property
    def report(self) -> Report:
        """One report over all runs."""
        return Report(
            requests=sum(each.requests for each in self.reports),
            routes=_sum(each.routes for each in self.reports),
            events=_sum(each.events for each in self.reports),
            rules=_sum(each.rules for each in self.reports),
            schema_checked=all(each.schema_checked for each in self.reports),
            violations=sum(each.violations for each in self.reports),
        )

    def lines(self) -> list[str]:
        """Return the totals as lines of text."""
        return [f"runs: {len(self.reports)}", *self.report.lines()]


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
