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


def plain_scope(scope: Scope, language: Language) -> str:
    """A scope as a label, in which Discord shows no markup."""
    parts = [each for each in (scope.question, scope.words, scope.newsroom) if each is not None]
    return " · ".join(parts) or language.gettext("all releases")


def reason_lines(scopes: Sequence[Scope], language: Language) -> str:
    """Why releases are announced, a line for each scope that has them; empty without scopes."""
    return fit([_reason(scope, language) for scope in scopes], "\n", _MAX_REASONS)


def _reason(scope: Scope, language: Language) -> str:
    if scope.is_everything:
        return language.gettext("-# You subscribed to all releases")
    return language.gettext("-# Matches {scope}", scope=scope_text(scope, language))
