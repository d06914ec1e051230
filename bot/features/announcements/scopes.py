"""What is announced, and why, in words."""

from collections.abc import Sequence

from bot.core.components import fit
from bot.core.markdown import shortened
from bot.i18n import Language
from retrieval.scope import Scope

# In characters:
_MAX_QUESTION = 120
_MAX_NAME = 60
_MAX_REASONS = 600


def scope_text(scope: Scope, language: Language) -> str:
    """A scope: "the question “…”, the newsroom harbor.example"; "all releases"."""
    _ = language.gettext
    parts = []
    if scope.question is not None:
        question = shortened(scope.question, _MAX_QUESTION) or "–"
        parts.append(_("the question “{question}”", question=question))
    if scope.words is not None:
        words = shortened(scope.words, _MAX_NAME) or "–"
        parts.append(_("the words “{words}”", words=words))
    if scope.newsroom is not None:
        newsroom = shortened(scope.newsroom, _MAX_NAME) or "–"
        parts.append(_("the newsroom {newsroom}", newsroom=newsroom))
    return ", ".join(parts) or _("all releases")


def reason_lines(scopes: Sequence[Scope], language: Language) -> str:
    """Why releases are announced, a line for each scope that has them; empty without scopes."""
    lines = [
        language.gettext("-# Matches {scope}", scope=scope_text(scope, language))
        for scope in scopes
    ]
    return fit(lines, "\n", _MAX_REASONS)
