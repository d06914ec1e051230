"""The tables of docs/settings.md, made of the settings as the code has them.

    python -m tests.documents.settings_reference

writes them anew, between the marks in the document; a test compares.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from bot import settings as module
from bot.settings import Settings
from tests.documents.markdown import ROOT

DOCUMENT = ROOT / "docs" / "settings.md"

GROUPS: Mapping[str, Sequence[str]] = {
    "Discord": (
        "DISCORD_TOKEN",
        "DISCORD_TOKEN_FILE",
        "VERBATIM_QUESTIONS_PER_MINUTE",
        "VERBATIM_SERVER_QUESTIONS_PER_MINUTE",
        "VERBATIM_TIMEZONE",
        "VERBATIM_SHARDS",
    ),
    "Releases": ("VERBATIM_RELEASES", "VERBATIM_NEWSROOM", "VERBATIM_DATA", "VERBATIM_STORE"),
    "Web sites": (
        "VERBATIM_REFRESH",
        "VERBATIM_FETCH_DELAY",
        "VERBATIM_CONTACT",
        "VERBATIM_PRIVATE_ADDRESSES",
    ),
    "Answers": (
        "VERBATIM_THRESHOLD",
        "VERBATIM_MODEL",
        "VERBATIM_RERANKER",
        "VERBATIM_PRECISION",
        "VERBATIM_MODELS",
    ),
    "What is kept": ("VERBATIM_KEEP_DAYS", "VERBATIM_KEEP_NAMES"),
    "Operation": ("VERBATIM_LOG_LEVEL", "VERBATIM_LOG_FORMAT", "VERBATIM_HEALTH_PORT"),
}
"""The settings by what they are about, in the order of the document."""

_TABLES = re.compile(r"(?<=<!-- settings -->\n).*(?=<!-- /settings -->)", re.DOTALL)
_WRONG = ("?", "999999999")
"""Values that a setting with any rule refuses: the reasons say what it takes."""


@dataclass(frozen=True, slots=True)
class Described:
    """A setting.

    Attributes:
        variable: its name.
        meaning: what stands below its field, in one line.
        takes: what its value must be; empty if it may be any text.
        default: what it is if nobody sets it, as one would write it; None for nothing.
    """

    variable: str
    meaning: str
    takes: str
    default: str | None


def described() -> Mapping[str, Described]:
    """The settings by their names."""
    meanings = dict(_meanings())
    found = {}
    for field in fields(Settings):
        if "variable" in field.metadata:
            name = field.metadata["variable"]
            takes, default = _takes(field.metadata["parse"]), written(field.metadata["default"])
            found[name] = Described(name, meanings[field.name], takes, default)
    return found


def _meanings() -> Iterator[tuple[str, str]]:
    """The fields of the settings, each with the text below it."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body
    assert isinstance(body, ast.ClassDef)
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match text:
                case ast.Expr(value=ast.Constant(value=str(meaning))):
                    yield field.target.id, " ".join(meaning.split())


def _takes(parse: Callable[[str], object]) -> str:
    reasons = []
    for wrong in _WRONG:
        try:
            parse(wrong)
        except ValueError as error:
            reasons.append(str(error).removeprefix("it must be "))
    return "; ".join(dict.fromkeys(reasons))


def written(default: Any) -> str | None:
    """A default as one would write it; None for nothing."""
    match default:
        case None | ():
            return None
        case bool():
            return "yes" if default else "no"
        case timedelta():
            minutes = int(default.total_seconds()) // 60
            return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
        case float():
            return f"{default:g}"
    return str(default)


def tables() -> str:
    """The tables, in Markdown."""
    settings = described()
    parts = []
    for group, names in GROUPS.items():
        rows = [
            f"### {group}\n\n| variable | meaning | value | default |\n| --- | --- | --- | --- |"
        ]
        for each in (settings[name] for name in names):
            default = f"`{each.default}`" if each.default is not None else ""
            rows.append(f"| `{each.variable}` | {each.meaning} | {each.takes} | {default} |")
        parts.append("\n".join(rows))
    return "\n" + "\n\n".join(parts) + "\n\n"


def main() -> None:
    """Write the tables into the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_TABLES.sub(lambda _: tables(), text), encoding="utf-8")
    print(f"{DOCUMENT}: {len(described())} settings, from {module.__file__}")


def in_document() -> str:
    """What the document has between the marks."""
    (found,) = _TABLES.findall(DOCUMENT.read_text(encoding="utf-8"))
    return str(found)


if __name__ == "__main__":
    main()
