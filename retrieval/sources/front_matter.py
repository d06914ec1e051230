"""Front matter: the fields of a Markdown file, above its text, in YAML, TOML or JSON."""

import json
import re
import tomllib
from typing import Any

_YAML = re.compile(r"\A\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.M)
_TOML = re.compile(r"\A\s*\+\+\+[^\S\n]*\n(.*?)^\+\+\+[^\S\n]*$\n?", re.DOTALL | re.M)
_JSON = re.compile(r"\A\s*(?=\{\s*\")")
_NESTED = ("extra", "params")  # tables with a site's own fields: Zola's and Hugo's names for it
_MAX_ALIASES = 20  # of YAML, each of which repeats a part of the file


def split_front_matter(text: str) -> tuple[dict[Any, Any], str]:
    """Return the front matter of a file, empty if it has none, and the rest of its text.

    Values of YAML are texts, lists and mappings; those of TOML and JSON have their types.

    Raises:
        ValueError: If the front matter is not what its first line says, or not a mapping.
    """
    if match := _YAML.match(text):
        return _with_nested(_yaml(match[1])), text[match.end() :]
    if match := _TOML.match(text):
        try:
            matter = tomllib.loads(match[1])
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the front matter is not TOML: {error}") from None
        return _with_nested(matter), text[match.end() :]
    if match := _JSON.match(text):
        try:
            matter, end = json.JSONDecoder().raw_decode(text, match.end())
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the front matter is not JSON: {error}") from None
        return _with_nested(matter), text[end:]
    return {}, text


def _yaml(source: str) -> dict[Any, Any]:
    """Return the mapping that ``source`` is in YAML, all of its values as texts.

    An impossible date must not refuse the file, nor "007" become 7.
    """
    import yaml

    aliases = 0

    class Loader(yaml.BaseLoader):
        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            nonlocal aliases
            aliases += self.check_event(yaml.AliasEvent)
            if aliases > _MAX_ALIASES:
                raise ValueError("too many aliases")
            return super().compose_node(parent, index)

    try:
        matter = yaml.load(source, Loader=Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise ValueError(f"the front matter is not YAML: {problem}{where}") from None
    if matter and not isinstance(matter, dict):
        raise ValueError("the front matter is not a list of names and values")
    return matter or {}


def _with_nested(matter: dict[Any, Any]) -> dict[Any, Any]:
    """Return the fields with those of a table of the site's own, which come second."""
    nested = [matter[name] for name in _NESTED if isinstance(matter.get(name), dict)]
    rest = {name: value for name, value in matter.items() if value not in nested}
    return {name: value for fields in (*nested, rest) for name, value in fields.items()}
