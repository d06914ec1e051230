"""Every rule, on a body that breaks it and on one that does not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ..models import COMPONENTS_V2, EPHEMERAL, Json
from ..rules import (
    CHOICES,
    COMMANDS,
    DEFERS,
    MESSAGES,
    MODALS,
    Draft,
    Refused,
    RuleBook,
    all_rules,
    pings,
)
from .bodies import (
    LINK,
    TEXT,
    button,
    gallery,
    label,
    modal,
    row,
    section,
    select,
    text_input,
)


def option(name: str = "question", **fields: Any) -> Json:
    return {"type": 3, "name": name, "description": "What", **fields}


def command(name: str = "ask", **fields: Any) -> Json:
    return {"type": 1, "name": name, "description": "Ask", **fields}


def draft(flags_before: int = 0, files: tuple[str, ...] = (), **body: Any) -> Draft:
    return Draft(
        body=body,
        content=body.get("content", ""),
        embeds=body.get("embeds", []),
        components=body.get("components", []),
        attachments=tuple(files),
        flags=body.get("flags", 0) | flags_before,
        flags_before=flags_before,
    )


def layout(*components: Json, files: tuple[str, ...] = ()) -> Draft:
    return draft(flags=COMPONENTS_V2, components=list(components), files=files)


def thumbnail(url: str) -> Json:
    return {"type": 11, "media": {"url": url}}


LONG_CHOICE = {"name": "n" * 100, "value": "v" * 100}


BROKEN_MESSAGES = [
    ("content-length", draft(content="x" * 2001)),
    ("embeds-total", draft(embeds=[{"description": "x" * 3000, "title": "t"}] * 2)),
    ("embed-urls", draft(embeds=[{"title": "t", "url": "javascript:alert(1)"}])),
    ("embed-urls", draft(embeds=[{"title": "t", "url": "https:nowhere"}])),
    ("embed-urls", draft(embeds=[{"author": {"name": "n", "url": "attachment://a.png"}}])),
    (
        "components-rows",
        draft(content="x", components=[row(button(custom_id=str(n))) for n in range(6)]),
    ),
    ("components-count", draft(flags=COMPONENTS_V2, components=[TEXT] * 41)),
    (
        "components-text",
        draft(flags=COMPONENTS_V2, components=[{"type": 10, "content": "x" * 4001}]),
    ),
    ("text-display-blank", layout({"type": 10, "content": " \n"})),
    ("media-urls", layout(gallery("attachment://a.png"), files=("b.png",))),
    ("media-urls", layout(gallery("ftp://example.org/a.png"))),
    ("media-urls", layout({"type": 13, "file": {"url": "https://example.org/a.pdf"}})),
    ("media-urls", layout(section(accessory=thumbnail("attachment://a.png")))),
    ("component-id-unique", layout({**TEXT, "id": 1}, {**TEXT, "id": 1})),
    ("components-v2-flag", draft(components=[TEXT])),
    ("components-v2-alone", draft(flags=COMPONENTS_V2, content="x", components=[TEXT])),
    ("components-v2-alone", draft(flags=COMPONENTS_V2, embeds=[{"title": "t"}], components=[TEXT])),
    ("components-v2-kept", draft(flags_before=COMPONENTS_V2, flags=0, components=[TEXT])),
    ("custom-id-unique", draft(content="x", components=[row(button(), button())])),
    ("button-fields", draft(content="x", components=[row(button(url="https://example.org"))])),
    ("button-fields", draft(content="x", components=[row({**LINK, "custom_id": "go"})])),
    ("button-fields", draft(content="x", components=[row({**LINK, "url": "ftp://example.org"})])),
    ("button-fields", draft(content="x", components=[row(button(label=None))])),
    ("button-fields", draft(content="x", components=[row(button(custom_id=None))])),
    ("select-alone", draft(content="x", components=[row(select(), button())])),
    ("select-values", draft(content="x", components=[row(select(max_values=2))])),
    (
        "select-values",
        draft(content="x", components=[row({"type": 8, "default_values": [{"id": "1"}] * 2})]),
    ),
    (
        "select-values",
        draft(content="x", components=[row(select(options=select()["options"] * 2))]),
    ),
    ("allowed-mentions", draft(content="x", allowed_mentions={"parse": ["users"], "users": ["1"]})),
    ("empty-message", draft(content=" \n")),
]

VALID_MESSAGES = [
    draft(content="x" * 2000),
    draft(embeds=[{"description": "x" * 3000}] * 2),
    draft(embeds=[{"url": "https://example.org/a#:~:text=b"}]),
    draft(embeds=[{"image": {"url": "attachment://a.png"}}]),
    draft(content="x", components=[row(button(), LINK), row(select())]),
    draft(
        content="x",
        components=[row(*(button(custom_id=f"{r}{c}") for c in range(5))) for r in range(5)],
    ),
    draft(flags=COMPONENTS_V2, components=[{"type": 17, "components": [TEXT, row(LINK)]}]),
    draft(content="x", allowed_mentions={"parse": ["users"], "roles": ["1"]}),
    layout(
        gallery("attachment://a.png"),
        {"type": 13, "file": {"url": "attachment://b.txt"}},
        section(accessory=thumbnail("https://example.org/a.png")),
        files=("a.png", "b.txt"),
    ),
]

BROKEN_COMMANDS = [
    ("command-name", [command("Ask")]),
    ("command-name", [command("ask me")]),
    ("command-name", [command(options=[option("What")])]),
    ("command-unique", [command(), command()]),
    ("command-count", [command(f"c{n}") for n in range(101)]),
    ("command-description", [command(description="")]),
    ("command-description", [command(description="x" * 101)]),
    ("command-description", [command(options=[option(description="")])]),
    ("command-description", [{"type": 3, "name": "Find", "description": "x"}]),
    ("option-order", [command(options=[option("a"), option("b", required=True)])]),
    ("option-names", [command(options=[option("a"), option("a")])]),
    (
        "option-choices",
        [command(options=[option(autocomplete=True, choices=[{"name": "a", "value": "a"}])])],
    ),
    ("option-choices", [command(options=[option(choices=[{"name": "a", "value": "x" * 101}])])]),
    (
        "command-size",
        [command(options=[option(f"o{n}", choices=[LONG_CHOICE] * 2) for n in range(20)])],
    ),
]

VALID_COMMANDS = [
    [command(options=[option("a", required=True), option("b", autocomplete=True)])],
    [command(), {"type": 3, "name": "Find the source"}, {"type": 2, "name": "ask"}],
    [command("häufige-fragen"), command("質問")],
    [command(options=[{"type": 1, "name": "sub", "description": "x", "options": [option()]}])],
]


BROKEN_MODALS = [
    ("modal-size", modal()),
    ("modal-size", modal(*[TEXT] * 6)),
    ("modal-custom-ids", modal(label(text_input()), label(text_input()))),
    ("modal-labels", modal(label(text_input(label="Words")))),
    ("modal-labels", modal({"type": 18, "label": "Empty"})),
    ("modal-labels", modal(row(text_input()))),
    ("modal-labels", modal(row(text_input(label="a"), text_input(label="b", custom_id="b")))),
    ("modal-input-length", modal(label(text_input(min_length=5, max_length=4)))),
    ("modal-input-length", modal(label(text_input(value="too long", max_length=4)))),
    ("modal-selects", modal(label(select(disabled=True)))),
    ("modal-selects", modal(label(select(min_values=0)))),
    ("modal-selects", modal(label(select(max_values=2)))),
]

VALID_MODALS = [
    modal(TEXT, label(text_input(label=None)), row(text_input(custom_id="old", label="Old"))),
    modal(label(select(min_values=0, required=False))),
    modal(label(text_input(min_length=4, max_length=4, value="four"))),
]


def broken_rule(book: RuleBook[Any], subject: Any) -> str | None:
    try:
        book.check(subject, Counter())
    except Refused as refused:
        return refused.rule
    return None


@pytest.mark.parametrize(("rule", "broken"), BROKEN_MESSAGES)
def test_message_rules(rule, broken):
    assert broken_rule(MESSAGES, broken) == rule


@pytest.mark.parametrize("valid", VALID_MESSAGES)
def test_valid_messages(valid):
    assert broken_rule(MESSAGES, valid) is None


@pytest.mark.parametrize(("rule", "broken"), BROKEN_COMMANDS)
def test_command_rules(rule, broken):
    assert broken_rule(COMMANDS, broken) == rule


@pytest.mark.parametrize("valid", VALID_COMMANDS)
def test_valid_commands(valid):
    assert broken_rule(COMMANDS, valid) is None


@pytest.mark.parametrize(("rule", "broken"), BROKEN_MODALS)
def test_modal_rules(rule, broken):
    assert broken_rule(MODALS, broken) == rule


@pytest.mark.parametrize("valid", VALID_MODALS)
def test_valid_modals(valid):
    assert broken_rule(MODALS, valid) is None


def test_defers_and_choices():
    assert broken_rule(DEFERS, {"flags": EPHEMERAL}) is None
    assert broken_rule(DEFERS, {"flags": EPHEMERAL | COMPONENTS_V2}) == "defer-flags"
    assert broken_rule(CHOICES, [{"name": "a", "value": 1}]) is None
    assert broken_rule(CHOICES, [{"name": "a", "value": "x" * 101}]) == "choice-value"
    assert broken_rule(CHOICES, [{"name": "", "value": "a"}]) == "choice-value"


def test_every_rule_has_a_source_and_an_example():
    assert all(all_rules().values())
    shown = {rule for rule, _ in BROKEN_MESSAGES + BROKEN_COMMANDS + BROKEN_MODALS}
    assert {rule.name for book in (MESSAGES, COMMANDS, MODALS) for rule in book.rules} == shown


def test_errors_have_discords_form():
    with pytest.raises(Refused) as caught:
        MESSAGES.check(draft(content="x" * 2001), Counter(), ("data",))
    body = caught.value.body()
    assert body["code"] == 50035
    assert body["errors"]["data"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        (None, ("@everyone", "<@&8>", "<@7>")),
        ({"parse": []}, ()),
        ({}, ()),
        ({"parse": ["users"]}, ("<@7>",)),
        ({"parse": [], "users": ["7"]}, ("<@7>",)),
        ({"users": [7], "roles": ["9"]}, ("<@7>",)),
    ],
)
def test_pings(mentions, expected):
    assert pings("@everyone <@7> <@&8>", mentions) == expected
