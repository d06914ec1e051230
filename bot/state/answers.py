"""The answers that were given, for follow-ups, further passages, feedback and open questions."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.state.database import StateConnection, StateDatabase
from bot.state.stored_values import known_values, parse_items
from retrieval.text.tokens import words
from retrieval.timestamps import parse_timestamp

MAX_UNANSWERED = 1000  # questions in a list

_SECRET = 32  # bytes

AnswerKind = Literal["question", "source", "request"]
"""The answer to a question, the source of a message, or the reply to thanks and the like."""


UNANSWERED = "server = ? AND kind = 'question' AND answered = 0"
"""The condition for the answers that are unanswered questions of a server."""


@dataclass(frozen=True, slots=True)
class PassageRef:
    """What finds a passage of an answer again.

    ``check`` is the `wording_checksum` of the paragraph (of older records its `text_checksum`): a
    paragraph that has changed is not quoted again.
    """

    release: str
    paragraph: int
    check: str
    highlight: tuple[int, int]
    score: float
    words: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer as it was given. ``id`` is 0 until it is stored.

    ``searched`` is the text that was searched for, with what it took from the previous question; a
    follow-up builds on it.
    """

    question: str
    searched: str
    answered: bool
    confidence: float
    generation: str
    passages: tuple[PassageRef, ...]
    server: int | None
    channel: int | None
    asker: int | None = None
    kind: AnswerKind = "question"
    id: int = 0


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question without an answer: its latest wording, and how often it was asked."""

    question: str
    times: int
    last: datetime
    id: int


class AnswerStore:
    """The answers in the database. Every method raises `StateUnusable`."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, answer: AnswerRecord, now: datetime) -> int:
        """Store an answer and return its id."""
        rows = self._database.read(
            "INSERT INTO answer (asked, server, channel, asker, kind, question, searched,"
            " folded, answered, confidence, generation, passages)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id",
            [
                _timestamp(now),
                answer.server,
                answer.channel,
                answer.asker,
                answer.kind,
                answer.question,
                answer.searched,
                " ".join(words(answer.question)),
                int(answer.answered),
                answer.confidence,
                answer.generation,
                json.dumps([asdict(passage) for passage in answer.passages]),
            ],
        )
        return int(rows[0][0])

    def set_message(self, id: int, message: int) -> None:
        """Store which message an answer was sent as."""
        self._database.write("UPDATE answer SET message = ? WHERE id = ?", [message, id])

    def get(self, id: int) -> AnswerRecord | None:
        """The answer with an id; None if it was deleted."""
        return self._select_one("id = ?", [id])

    def by_message(self, message: int) -> AnswerRecord | None:
        """The answer that was sent as a message, if any."""
        return self._select_one("message = ?", [message])

    def latest_in(self, channel: int) -> AnswerRecord | None:
        """The latest answer in a channel or thread, if any."""
        return self._select_one("channel = ? AND message IS NOT NULL", [channel])

    # -- feedback -----------------------------------------------------------------------------

    def rate(
        self, id: int, user: int, now: datetime, *, helpful: bool, reason: str | None = None
    ) -> bool:
        """Store a user's verdict on an answer, in place of an earlier one of theirs.

        The user is stored as a keyed hash that differs from answer to answer: it tells two users of
        one answer apart, and does not reveal who they are. Returns False if the answer was deleted.
        """
        if self.get(id) is None:
            return False
        self._database.write(
            "INSERT INTO note (name, value) VALUES ('voters', ?) ON CONFLICT (name) DO NOTHING",
            [secrets.token_hex(_SECRET)],
        )
        with self._database.transaction() as connection, self._database.parsing():
            voter = voter_key(voter_secret(connection) or b"", id, user)
            connection.execute(
                "INSERT INTO verdict (answer, voter, helpful, reason, given)"
                " VALUES (?,?,?,?,?) ON CONFLICT (answer, voter) DO UPDATE SET"
                " helpful = excluded.helpful, reason = excluded.reason, given = excluded.given",
                [id, voter, int(helpful), reason, _timestamp(now)],
            )
        return True

    # -- unanswered questions -----------------------------------------------------------------

    def unanswered(self, server: int, limit: int = MAX_UNANSWERED) -> list[UnansweredQuestion]:
        """The unanswered questions of a server, most frequent first, then latest first."""
        rows = self._database.read(
            "SELECT question, times, last, latest FROM answer JOIN"
            " (SELECT count(*) AS times, max(asked) AS last, max(id) AS latest FROM answer"
            f" WHERE {UNANSWERED} GROUP BY folded) AS found ON id = latest"
            " ORDER BY times DESC, last DESC LIMIT ?",
            [server, limit],
        )
        with self._database.parsing():
            return [
                UnansweredQuestion(row[0], row[1], parse_timestamp(row[2]), row[3]) for row in rows
            ]

    def delete_question(self, server: int, id: int) -> None:
        """Delete an unanswered question of a server in all its wordings."""
        self._database.write(
            f"DELETE FROM answer WHERE {UNANSWERED}"
            " AND folded = (SELECT folded FROM answer WHERE id = ?)",
            [server, id],
        )

    def delete_unanswered(self, server: int) -> None:
        """Delete all unanswered questions of a server."""
        self._database.write(f"DELETE FROM answer WHERE {UNANSWERED}", [server])

    def delete_before(self, moment: datetime) -> None:
        """Delete the answers given before a moment, and the verdicts on them."""
        self._database.write("DELETE FROM answer WHERE asked < ?", [_timestamp(moment)])

    def _select_one(self, where: str, values: Sequence[object]) -> AnswerRecord | None:
        rows = self._database.read(
            "SELECT question, searched, answered, confidence, generation, passages,"
            " server, channel, asker, kind, id"
            f" FROM answer WHERE {where} ORDER BY id DESC LIMIT 1",
            values,
        )
        if not rows:
            return None
        question, searched, answered, confidence, generation, passages, *rest = rows[0]
        with self._database.parsing():
            refs = parse_passages(passages)
        return AnswerRecord(question, searched, bool(answered), confidence, generation, refs, *rest)


def voter_secret(connection: StateConnection) -> bytes | None:
    """The key of the hashes of those who rate; None if nobody has rated anything."""
    rows = connection.execute("SELECT value FROM note WHERE name = 'voters'").fetchall()
    return parse_voter_secret(rows[0][0]) if rows else None


def parse_voter_secret(text: str) -> bytes:
    """The key of the hashes of those who rate, as it is stored. Raises `ValueError`."""
    secret = bytes.fromhex(text)
    if not 0 < len(secret) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"{len(secret)} bytes are no key")
    return secret


def voter_key(secret: bytes, answer: int, user: int) -> bytes:
    """What a user is stored as who rates an answer."""
    return hashlib.blake2b(f"{answer}:{user}".encode(), key=secret, digest_size=16).digest()


def parse_passages(text: str) -> tuple[PassageRef, ...]:
    """The passages of an answer, as they are stored. Raises `ValueError`."""
    return tuple(map(_passage_ref, parse_items(text, dict)))


def _passage_ref(values: dict[str, Any]) -> PassageRef:
    known = known_values(PassageRef, values)
    spans = {key: tuple(span) for key, span in known.items() if isinstance(span, list)}
    try:
        passage = PassageRef(**{**known, **spans})
    except TypeError as error:
        raise ValueError(f"a passage lacks a value: {error}") from error
    texts = passage.release, passage.check
    is_whole = (
        all(isinstance(each, str) for each in texts)
        and type(passage.paragraph) is int
        and isinstance(passage.score, int | float)
        and _is_span(passage.highlight)
        and (passage.words is None or _is_span(passage.words))
    )
    if not is_whole:
        raise ValueError("a value of a passage is damaged")
    return passage


def _is_span(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(type(each) is int for each in value)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
