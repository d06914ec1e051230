"""The log as JSON: one object a line, with the reference of each answer and of each error."""

import io
import json
import logging
import re
from typing import Any

from bot.core.errors import error_text
from bot.i18n import load_languages
from bot.logs import set_up_log
from retrieval.archive import Archive
from tests.bot.online import Run
from tests.loopback import LoopbackDiscord

QUESTION = "How much did the bridge cost, Zebulon?"


def start_log() -> io.StringIO:
    written = io.StringIO()
    set_up_log("DEBUG", LoopbackDiscord.token, written, "json")
    return written


def records(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


async def test_an_answer_is_logged_with_its_reference_and_without_its_question(
    run: Run, newsrooms_archive: Archive
) -> None:
    written = start_log()
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        await it.ask(QUESTION)
        stored = it.bot.services.state.database.read("SELECT id, question FROM answer")
    ((id, question),) = stored
    assert question == QUESTION
    (record,) = [each for each in records(written) if "answer" in each]
    assert (record["answer"], record["level"]) == (id, "INFO")
    assert re.fullmatch(rf"answer {id}: (un)?answered in \d+\.\d\d s", record["message"])
    assert set(record) == {"time", "level", "logger", "message", "answer"}
    assert "zebulon" not in written.getvalue().lower()


def test_an_error_is_one_line_with_its_reference_and_where_it_was_raised() -> None:
    written = start_log()
    try:
        raise ValueError(QUESTION)
    except ValueError as error:
        told = error_text(error, load_languages().for_locale("en-US"))
    (record,) = records(written)
    assert record["reference"] in told
    assert record["exception"].startswith("Traceback (most recent call last):\n")
    assert "test_json_log.py" in record["exception"]
    assert "Zebulon" not in written.getvalue()


def test_no_secret_gets_through() -> None:
    written = start_log()
    logging.getLogger("discord.http").warning(
        'said "%s" to https://discord.com/api/webhooks/123/SECRET/messages\nand more',
        LoopbackDiscord.token,
    )
    (record,) = records(written)
    assert LoopbackDiscord.token not in record["message"]
    assert "SECRET" not in record["message"]
    assert record["message"].endswith("/webhooks/123/…/messages\nand more")
