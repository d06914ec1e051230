"""The answers that were given: for follow-ups, further passages, feedback, and what is missing."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from bot.state.database import Database
from retrieval.text.tokens import words

MOST_LISTED = 1000

AnswerKind = Literal["question", "source"]
"""Whether somebody asked, or sought the source of a message."""


_MISSING = "server = ? AND kind = 'question' AND NOT answered"


@dataclass(frozen=True, slots=True)
class PassageRef:
    """A passage of an answer, by what finds it again.

    ``check`` is a sum of the paragraph's text: a paragraph that has changed is not quoted again.
    """

    release: str
    paragraph: int
    check: str
    highlight: tuple[int, int]
    score: float


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer as it was given. ``id`` is 0 until it is remembered.

    ``searched`` is the question with what it follows up, which a question after it may follow up.
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
    """A question that found nothing, as it was asked last, and how often it was."""

    question: str
    times: int
    last: datetime
    id: int


class AnswerStore:
    """Answers by id and by message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, answer: AnswerRecord, now: datetime) -> int:
        """Remember an answer; its id."""
        return self._database.write(
            "INSERT INTO answer (asked, server, channel, asker, kind, question, searched,"
            " folded, answered, confidence, generation, passages)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                _stamp(now),
                answer.server,
                answer.channel,
                answer.asker,
                answer.kind,
                answer.question,
                answer.searched,
                " ".join(words(answer.question)),
                answer.answered,
                answer.confidence,
                answer.generation,
                json.dumps([asdict(each) for each in answer.passages]),
            ],
        )

    def sent_as(self, id: int, message: int) -> None:
        """The answer was sent as this message."""
        self._database.write("UPDATE answer SET message = ? WHERE id = ?", [message, id])

    def get(self, id: int) -> AnswerRecord | None:
        """The answer of an id, or None where it is forgotten."""
        return self._one("id = ?", [id])

    def sent(self, message: int) -> AnswerRecord | None:
        """The answer that a message of the bot is."""
        return self._one("message = ?", [message])

    def last_in(self, channel: int) -> AnswerRecord | None:
        """The last answer that was given in a channel or thread."""
        return self._one("channel = ? AND message IS NOT NULL", [channel])

    # -- feedback -----------------------------------------------------------------------------

    def judge(
        self, id: int, voter: int, now: datetime, *, helpful: bool, reason: str | None = None
    ) -> bool:
        """Note what somebody thinks of an answer; whether it is still remembered.

        Who thinks again changes their word. The voter is kept as a sum that holds for this answer
        alone: it tells two people apart, and not who they are.
        """
        if self.get(id) is None:
            return False
        sum = hashlib.blake2b(f"{id}:{voter}".encode(), key=self._secret(), digest_size=16).digest()
        self._database.write(
            "INSERT OR REPLACE INTO verdict (answer, voter, helpful, reason, given)"
            " VALUES (?,?,?,?,?)",
            [id, sum, helpful, reason, _stamp(now)],
        )
        return True

    def _secret(self) -> bytes:
        self._database.write(
            "INSERT OR IGNORE INTO note (name, value) VALUES ('voters', hex(randomblob(32)))"
        )
        rows = self._database.read("SELECT value FROM note WHERE name = 'voters'")
        return bytes.fromhex(rows[0][0])

    # -- what is missing ----------------------------------------------------------------------

    def unanswered(self, server: int, limit: int = MOST_LISTED) -> list[UnansweredQuestion]:
        """The questions of a server that found nothing, the most frequent first, then the last."""
        rows = self._database.read(
            "SELECT question, count(*) AS times, max(asked) AS last, max(id) FROM answer"
            f" WHERE {_MISSING} GROUP BY folded"
            " ORDER BY times DESC, last DESC LIMIT ?",
            [server, limit],
        )
        return [
            UnansweredQuestion(row[0], row[1], datetime.fromisoformat(row[2]), row[3])
            for row in rows
        ]

    def forget_question(self, server: int, id: int) -> None:
        """Delete the unanswered questions of a server that are like the one of that id."""
        self._database.write(
            f"DELETE FROM answer WHERE {_MISSING}"
            " AND folded = (SELECT folded FROM answer WHERE id = ?)",
            [server, id],
        )

    def forget_unanswered(self, server: int) -> None:
        """Delete all unanswered questions of a server."""
        self._database.write(f"DELETE FROM answer WHERE {_MISSING}", [server])

    def forget_before(self, moment: datetime) -> None:
        """Delete what was asked before that."""
        self._database.write("DELETE FROM answer WHERE asked < ?", [_stamp(moment)])

    def _one(self, where: str, values: Sequence[object]) -> AnswerRecord | None:
        rows = self._database.read(
            "SELECT question, searched, answered, confidence, generation, passages,"
            " server, channel, asker, kind, id"
            f" FROM answer WHERE {where} ORDER BY id DESC LIMIT 1",
            values,
        )
        if not rows:
            return None
        question, searched, answered, confidence, generation, passages, *rest = rows[0]
        quoted = tuple(_quoted(each) for each in json.loads(passages))
        return AnswerRecord(
            question, searched, bool(answered), confidence, generation, quoted, *rest
        )


def _quoted(values: dict[str, object]) -> PassageRef:
    return PassageRef(**{**values, "highlight": tuple(values["highlight"])})  # type: ignore[arg-type]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
