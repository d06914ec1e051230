"""Rules, rule books, and the error with which Discord refuses a request.

A rule is a function that yields the `Problem`s it finds; its decorator gives it a name and a
source. A source that begins with ``/`` is a page of https://docs.discord.com/developers; other
sources are named in full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..models import Json
from .state import STATE_RULES

Subject = TypeVar("Subject")
INVALID_FORM_BODY = 50035


@dataclass(frozen=True)
class Problem:
    """One fault in a body: where it is, and Discord's code and message for it."""

    path: tuple[str | int, ...]
    code: str
    message: str


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """A check of a body, with its source and the error code that Discord answers with."""

    name: str
    source: str
    find: Callable[[Subject], Iterable[Problem]]
    error_code: int


class Refused(Exception):
    """A request that Discord answers with an error: the rule, HTTP status, and Discord's code."""

    def __init__(
        self,
        rule: str,
        status: int,
        code: int,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        source: str = "",
    ) -> None:
        self.rule = rule
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.source = source or STATE_RULES.get(rule, "")
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """Each problem with the path to it, or the message where there are none."""
        where = [
            f"{'.'.join(map(str, problem.path)) or 'body'}: {problem.message}"
            for problem in self.problems
        ]
        return "; ".join(where) or self.message

    def body(self) -> Json:
        """Return the body of the response (/topics/opcodes-and-status-codes#json)."""
        body: Json = {"code": self.code, "message": self.message}
        if self.problems and self.code == INVALID_FORM_BODY:
            errors: Json = {}
            for problem in self.problems:
                node = errors
                for step in problem.path:
                    node = node.setdefault(str(step), {})
                node.setdefault("_errors", []).append(
                    {"code": problem.code, "message": problem.message}
                )
            body["errors"] = errors
        return body


class Denied(Refused):
    """A refusal that the bot could not foresee: an error to handle, not a violation."""


class RuleBook(Generic[Subject]):
    """The rules for one kind of body."""

    def __init__(self) -> None:
        self.rules: list[Rule[Subject]] = []

    def rule(
        self, name: str, source: str, error_code: int = INVALID_FORM_BODY
    ) -> Callable[[Callable[[Subject], Iterable[Problem]]], Callable[[Subject], Iterable[Problem]]]:
        """Return a decorator that adds a function as a rule."""

        def add(
            find: Callable[[Subject], Iterable[Problem]],
        ) -> Callable[[Subject], Iterable[Problem]]:
            self.rules.append(Rule(name, source, find, error_code))
            return find

        return add

    def check(self, subject: Subject, counts: Counter[str], prefix: tuple[str, ...] = ()) -> None:
        """Raise `Refused` for the first rule that finds problems.

        ``counts`` is updated with the rules checked; ``prefix`` is put before each problem's path.
        """
        for rule in self.rules:
            counts[rule.name] += 1
            problems = [
                Problem((*prefix, *problem.path), problem.code, problem.message)
                for problem in rule.find(subject)
            ]
            if problems:
                shown = (
                    "Invalid Form Body"
                    if rule.error_code == INVALID_FORM_BODY
                    else problems[0].message
                )
                raise Refused(
                    rule.name,
                    400,
                    rule.error_code,
                    shown,
                    problems=problems,
                    source=rule.source,
                )
