"""Bodies against Discord's API description, and where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from .. import Description, DescriptionNotFound, LoopbackDiscord, Refused, check_message
from ..models import COMPONENTS_V2
from .bodies import LINK, TEXT, button, gallery, label, modal, row, section, select, text_input


@pytest.fixture
def description() -> Description:
    """Discord's API description."""
    loaded = Description.from_environment()
    if loaded is None:
        pytest.skip(
            "needs Discord's API description: name a copy of its openapi.json in DISCORD_OPENAPI"
        )
    return loaded


CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"content": "x" * 2001}, "data.content"),
        ({"embeds": [{"description": "x" * 4097}]}, "data.embeds.0.description"),
        ({"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]}, "embeds.0.fields.0.value"),
        ({"embeds": [{"titel": "misspelt"}]}, "data.embeds.0"),
        ({"components": [row(button(custom_id="x" * 101))]}, "components.0.components.0.custom_id"),
        ({"components": [row(*[button()] * 6)]}, "data.components.0.components"),
    ],
)
def test_the_description_names_the_place(description, data, path):
    with pytest.raises(Refused) as caught:
        description.check_request("POST", CALLBACK, {"type": 4, "data": data})
    assert len(caught.value.problems) == 1
    assert path in caught.value.detail


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 46}, "title"),
        ({"custom_id": "x" * 101}, "custom_id"),
        ({"components": [label(text_input(), label="x" * 46)]}, "components.0.label"),
        ({"components": [label(text_input(), description="x" * 101)]}, "components.0.description"),
        ({"components": [{"type": 18, "label": "Empty"}]}, "components.0"),
        ({"components": [label(text_input(max_length=4001))]}, "component.max_length"),
        ({"components": [label(text_input(placeholder="x" * 101))]}, "component.placeholder"),
    ],
)
def test_the_description_refuses_of_modals(description, changed, path):
    data = {**modal(label(text_input())), **changed}
    with pytest.raises(Refused) as caught:
        description.check_request("POST", CALLBACK, {"type": 9, "data": data})
    assert path in caught.value.detail


@pytest.mark.parametrize(
    ("component", "path"),
    [
        (section(), "components.0: "),
        (section(*[TEXT] * 4, accessory=LINK), "components.0.components"),
        (section(row(LINK), accessory=LINK), "components.0.components.0"),
        (section(accessory=TEXT), "components.0.accessory"),
        ({"type": 17, "components": []}, "components.0.components"),
        ({"type": 17, "components": [{"type": 17, "components": [TEXT]}]}, "0.components.0"),
        ({"type": 17, "components": [button()]}, "components.0.components.0"),
        ({"type": 17, "components": [TEXT], "accent_color": 1 << 24}, "0.accent_color"),
        (row(), "components.0.components"),
        (row(*[LINK] * 6), "components.0.components"),
        (row(TEXT), "components.0.components.0"),
        (button(), "components.0"),
        (gallery(), "components.0.items"),
        (gallery(*["https://example.org/a.png"] * 11), "components.0.items"),
        ({"type": 10, "content": ""}, "components.0.content"),
        ({"type": 10, "content": "x" * 4001}, "components.0.content"),
        (row(select(placeholder="x" * 151)), "components.0.components.0.placeholder"),
        (row(select(options=[])), "components.0.components.0.options"),
        (row(select(options=select()["options"] * 26)), "components.0.components.0.options"),
        (row(select(options=[{"label": "x" * 101, "value": "1"}])), "options.0.label"),
        (row(select(options=[{"label": "x", "value": "1" * 101}])), "options.0.value"),
        (
            row(select(options=[{"label": "x", "value": "1", "description": "x" * 101}])),
            "options.0.description",
        ),
        (row({"type": 8, "custom_id": "to", "channel_types": [6]}), "channel_types.0"),
        (row(button(label="x" * 81)), "components.0.components.0.label"),
        (row({**LINK, "url": "https://example.org/" + "x" * 500}), "components.0.components.0.url"),
    ],
)
def test_the_description_refuses_of_layouts(description, component, path):
    data = {"flags": COMPONENTS_V2, "components": [component]}
    with pytest.raises(Refused) as caught:
        description.check_request("POST", CALLBACK, {"type": 4, "data": data})
    assert path in caught.value.detail


def test_the_description_takes_what_the_client_sends(description):
    embed = {"title": "t", "flags": 0, "fields": [{"name": "", "value": "", "inline": True}]}
    body = {"type": 4, "data": {"embeds": [embed], "components": [row(button())], "flags": 64}}
    assert description.check_request("POST", CALLBACK, body)
    edit = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    assert description.check_request("PATCH", edit, {"content": "x", "tts": False})
    reply = {"message_reference": {"message_id": 7, "channel_id": 8}, "content": "x"}
    assert description.check_request("POST", "/channels/{channel_id}/messages", reply)
    assert not description.check_request("POST", "/channels/{channel_id}/typing", None)


def test_without_the_variable_nothing_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_OPENAPI", raising=False)
    assert Description.from_environment() is None
    assert not LoopbackDiscord().schema_checked


def test_a_path_to_no_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_OPENAPI", str(tmp_path / "openapi.json"))
    with pytest.raises(DescriptionNotFound, match=r"openapi\.json does not exist") as caught:
        LoopbackDiscord()
    assert caught.value.path == tmp_path / "openapi.json"


def test_a_message_can_be_checked_alone(description: Description) -> None:
    check_message({"content": "hello", "components": [row(button())]})
    files = [{"id": 0, "filename": "a.png"}]
    pictures = [gallery("attachment://a.png")]
    check_message({"flags": COMPONENTS_V2, "components": pictures, "attachments": files})
    with pytest.raises(Refused, match="not found"):
        check_message({"flags": COMPONENTS_V2, "components": pictures})
    with pytest.raises(Refused, match=r"embeds\.0\.title"):
        check_message({"embeds": [{"title": "x" * 257}]})
