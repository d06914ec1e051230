"""What the bot counts, and numbers as Prometheus reads them.

The text has the exposition format 0.0.4
(https://prometheus.io/docs/instrumenting/exposition_formats/). No label and no name comes from a
user.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, TypeAlias, get_args

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Outcome: TypeAlias = Literal["answered", "unanswered", "request", "failed"]
"""What became of a question; a request is served without a quotation."""

BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: the upper bounds of the histogram of latencies."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number, or several with labels: ``samples`` has the end of each name, and its value."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Mapping[str, float]


def gauge(name: str, help: str, value: float) -> Metric:
    """A number that goes up and down."""
    return Metric(name, "gauge", help, {"": value})


def exposition(metrics: Iterable[Metric]) -> str:
    """The text that Prometheus reads."""
    return "".join(f"{line}\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for rest, value in metric.samples.items():
        yield f"{metric.name}{rest} {value:.17g}"


@dataclass
class QuestionCounts:
    """How many questions came, what became of them, and how long each took."""

    outcomes: dict[Outcome, int] = field(
        default_factory=lambda: dict.fromkeys(get_args(Outcome), 0)
    )
    _by_bucket: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    _seconds: float = 0.0

    def add(self, outcome: Outcome, seconds: float) -> None:
        """Count a question, and the seconds from its arrival to its end."""
        self.outcomes[outcome] += 1
        self._by_bucket[bisect_left(BUCKETS, seconds)] += 1
        self._seconds += seconds

    def metrics(self) -> list[Metric]:
        """The counts, the share that was answered, and the histogram of latencies."""
        outcomes = {f'{{outcome="{name}"}}': float(n) for name, n in self.outcomes.items()}
        answered, unanswered = self.outcomes["answered"], self.outcomes["unanswered"]
        bounds = [*(f"{each:g}" for each in BUCKETS), "+Inf"]
        below = accumulate(self._by_bucket)
        latency = {f'_bucket{{le="{b}"}}': float(n) for b, n in zip(bounds, below, strict=True)}
        latency |= {"_sum": self._seconds, "_count": float(sum(self._by_bucket))}
        return [
            Metric("verbatim_questions_total", "counter", "Questions, by outcome.", outcomes),
            gauge(
                "verbatim_answered_share",
                "Of the questions that wanted a quotation, the share that got one.",
                answered / (answered + unanswered) if answered + unanswered else 0.0,
            ),
            Metric(
                "verbatim_question_seconds",
                "histogram",
                "Seconds from a question to its answer in Discord.",
                latency,
            ),
        ]
