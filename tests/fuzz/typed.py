"""The readers of what people type and send: settings, custom_ids, questions, dates."""

import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import fields
from datetime import date
from functools import cache, partial
from pathlib import Path

from bot.bot_token import read_token
from bot.cli.batch import answer_lines
from bot.cli.json_output import json_text, response_json
from bot.core.actions import ACTIONS, MAX_CUSTOM_ID, parse_action
from bot.core.markdown import escaped, visible
from bot.dates import InvalidDate, parse_date_bound
from bot.settings import DOTENV, BadSetting, BadSettings, Settings
from retrieval.archive import Archive
from retrieval.errors import BadQuestion, BadQuestionFile
from retrieval.evaluation.questions import read_questions
from retrieval.indexing.build import build_index
from retrieval.question import Question
from retrieval.release import Filter
from retrieval.standing import StandingQuestion
from tests.bot.encoders import HashedEncoder
from tests.conftest import NEWSROOMS
from tests.fuzz.archives import scratch
from tests.fuzz.documents import encoded
from tests.fuzz.mutations import mutate_bytes, mutated

_VALUES = (
    "0.5",
    "60",
    "1h",
    "Europe/Madrid",
    "a@b.example",
    "yes",
    "int8",
    "INFO",
    "~/a:/b",
    "off",
)
_IDS = [
    action(*(7 if field.type is int else "a:b" for field in fields(action))).custom_id
    for action in ACTIONS
]
_DOTENV = (
    "# the bot\nDISCORD_TOKEN='abc.def'\nexport VERBATIM_RELEASES=a:b\nVERBATIM_REFRESH=1h\n"
    'VERBATIM_THRESHOLD="0.5"\nVERBATIM_NEWSROOM=${HOME}\nVERBATIM_KEEP_DAYS=30 # days\n',
    "DISCORD_TOKEN_FILE=token\nVERBATIM_TIMEZONE=Europe/Madrid\nVERBATIM_HEALTH_PORT=8080\n",
)
_QUESTIONS = (
    "How much did the bridge cost?",
    'what did Mayor Quill say about "the people who waited" in March 2024?',
    "everything on the ferry since 2024",
    "how many releases mention the library?",
    "¿Cuánto costó el puente en los últimos tres meses?",
    "H.R. 1234 and S. 5",
    "what's new",
    "hi, thanks!",
    "The bridge cost $48 million and carries 31,000 vehicles a day. It was closed for fourteen "
    "months after the flood of 2022. “This bridge belongs to the people who waited for it.”",
)
_DATES = (
    "2024-03-18", "last month", "since May 2024", "hoy", "4/9/2024", "los últimos tres meses",
    "last week (March 2 – 8)", "the past 3 years", "Q3 2024", "yesterday",
)  # fmt: skip
_BATCH = (
    {"id": "a", "question": "How much was it?", "since": "2024-01-01", "until": "last month"},
    {
        "id": 7,
        "question": "And the ferry?",
        "previous": "What about the bridge?",
        "newsroom": "coast",
    },
)
_EVALUATION = (
    {"id": "a", "question": "How much was it?", "answer": "$48 million", "release_id": "bridge",
     "also": ["ferry"], "kind": "near-price", "since": "2024-01-01", "until": None},
    {"id": "b", "question": "And the ferry?", "answer": None, "previous": "a"},
)  # fmt: skip

setting_seeds = partial(encoded, *_VALUES)
custom_id_seeds = partial(encoded, *_IDS)
dotenv_seeds = partial(encoded, *_DOTENV)
question_seeds = partial(encoded, *_QUESTIONS)
date_seeds = partial(encoded, *_DATES)
batch_seeds = partial(encoded, *map(json.dumps, _BATCH))
evaluation_seeds = partial(encoded, "".join(json.dumps(each) + "\n" for each in _EVALUATION))


def read_setting(data: bytes) -> None:
    """Read a value for every setting."""
    text = data.decode("utf-8", "replace")
    for setting in fields(Settings):
        if parse := setting.metadata.get("parse"):
            try:
                parse(text)
            except ValueError:
                continue


def read_dotenv(data: bytes) -> None:
    """Read the settings of a file, and the token."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if _is_setting(name)}
    try:
        with scratch() as folder, chdir(folder):
            (folder / DOTENV).write_bytes(data)
            (folder / "token").write_bytes(b"abc.def\n" if len(data) % 4 else data)
            settings = Settings()
            assert "abc.def" not in repr(settings), "the token is in no text of the settings"
            read_token(settings)
    finally:
        os.environ.update(hidden)


def _is_setting(name: str) -> bool:
    return name.startswith(("VERBATIM_", "DISCORD_TOKEN"))


def read_custom_id(data: bytes) -> None:
    """Read the custom_id of a component."""
    action = parse_action(data.decode("utf-8", "replace"))
    if action:
        assert parse_action(action.custom_id) == action
        assert len(data) > MAX_CUSTOM_ID or len(action.custom_id) <= MAX_CUSTOM_ID


@cache
def _archive() -> tuple[Archive, object]:
    """A small archive, and its folder, which is deleted when nothing uses it."""
    folder = tempfile.TemporaryDirectory(prefix="verbatim-fuzz-")
    source = Path(folder.name) / "releases.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in NEWSROOMS), encoding="utf-8")
    build_index(Path(folder.name) / "data", [source], HashedEncoder())
    archive = Archive(Path(folder.name) / "data", HashedEncoder(), today=lambda: date(2026, 4, 11))
    return archive, folder


def read_question(data: bytes) -> None:
    """Answer a question, find the source of a message, chart a topic; show the text itself."""
    archive, _ = _archive()
    text = data.decode("utf-8", "surrogateescape" if len(data) % 2 else "replace")
    asked: Sequence[Callable[[], object]] = (
        lambda: json_text(response_json(archive.respond(Question(text)))),
        lambda: archive.respond(Question("And then?", previous=text)),
        lambda: archive.find_source(text),
        lambda: archive.timeline(text, Filter()),
        lambda: StandingQuestion(text),
    )
    escaped(visible(text))
    refused: BadQuestion | None = None
    for ask in asked:
        try:
            ask()
        except BadQuestion as error:
            refused = error
    if refused:
        raise refused


def read_date(data: bytes) -> None:
    """Read a bound of a range of dates."""
    text = data.decode("utf-8", "replace")
    refused: InvalidDate | None = None
    for language in ("en", "es"):
        for end in (False, True):
            try:
                day = parse_date_bound(text, date(2026, 4, 11), end=end, language=language)
            except InvalidDate as error:
                refused = error
            else:
                assert isinstance(day, date)
    if refused:
        raise refused


def read_batch(data: bytes) -> None:
    """Answer a file of questions: an object a line, which can be written."""
    archive, _ = _archive()
    lines = data.split(b"\n")
    answers = list(answer_lines(archive, lines))
    assert len(answers) == sum(1 for line in lines if line.strip())
    for answer in answers:
        json_text(answer).encode()


def read_evaluation(data: bytes) -> None:
    """Read a file of questions with known answers."""
    with scratch() as folder:
        (folder / "questions.jsonl").write_bytes(data)
        assert read_questions(folder / "questions.jsonl")


def mutated_lightly(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """A text that is changed in one place, or, of four, in several."""
    picked = random.Random(f"{name}:light:{number}")
    if picked.randrange(4) == 0:
        return mutated_text(seeds, name, number)
    return mutate_bytes(picked.choice(seeds), seeds, picked, most=1)[:3000]


def mutated_text(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """A text of at most 3,000 bytes: nobody can send more."""
    picked = random.Random(f"{name}:cut:{number}")
    return mutated(seeds, name, number)[: picked.choice((40, 100, 200, 1000, 3000))]


SETTING_ERRORS = (BadSetting, BadSettings)
QUESTION_ERRORS = (BadQuestion,)
DATE_ERRORS = (InvalidDate,)
EVALUATION_ERRORS = (BadQuestionFile,)
