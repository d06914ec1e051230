"""Why an answer is what it is, as text for the terminal."""

from rich.console import Group, RenderableType
from rich.text import Text

from retrieval.answer import Answer
from retrieval.explanation import Explained, explained

_REASONS = 8  # of the evidence, what weighs most
_BEGINNING = 90  # characters of a passage


def explanation_view(answer: Answer) -> RenderableType:
    """How the question was understood, then every passage with what spoke for and against it."""
    understood = answer.ranking.understood
    terms = ", ".join(
        f"{term} {weight:.1f}"
        for term, weight in sorted(understood.weights.items(), key=lambda item: -item[1])
    )
    lines = [Text("\nWhy", style="bold")]
    lines.append(Text(f"searched for: {understood.text}"))
    lines.append(Text(f"terms, by rarity: {terms or 'none'}"))
    for name, found in (
        ("from", understood.filter.since),
        ("until", understood.filter.until),
        ("newsroom", understood.filter.newsroom),
        ("members named", ", ".join(sorted(understood.reading.named.members))),
        ("newsrooms named", ", ".join(sorted(understood.reading.named.newsrooms))),
    ):
        if found:
            lines.append(Text(f"{name}: {found}"))
    lines.append(Text(f"confidence: {answer.confidence:.3f}"))
    passages = explained(answer.ranking, answer.question.limit)
    lines += [_passage(each) for each in passages if each.shown]
    if nearly := [each for each in passages if not each.shown]:
        lines += [Text("\nNearly", style="bold"), *map(_passage, nearly)]
    return Group(*lines)


def _passage(each: Explained) -> Text:
    reasons = "  ".join(
        f"{reason.name} {reason.value:.2f} ({reason.adds:+.2f})"
        for reason in each.reasons[:_REASONS]
    )
    beginning = each.text if len(each.text) <= _BEGINNING else f"{each.text[:_BEGINNING]}…"
    return Text.assemble(
        (f"\n{each.rank}. {each.title}, paragraph {each.paragraph}\n", "cyan"),
        f"   {beginning}\n",
        (f"   total {each.total:.2f}, before reading {each.first}: {reasons}", "dim"),
    )
