"""Modals: what Discord refuses of one beyond its API description, and how a person fills it in.

Discord sends a submitted modal back in the form in which it was asked for
(/components/using-modal-components): labels and action rows with their ids, and in them the
answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from . import offering, payloads
from .recording import NotOffered
from .records import (
    ACTION_ROW,
    CHECKBOX,
    LABEL,
    RADIO_GROUP,
    SELECTS,
    TEXT_INPUT,
    Json,
    Person,
    walk_components,
)
from .rules import MODALS, Problem, select_problems
from .world import World

# -- what Discord refuses ---------------------------------------------------------------------


@MODALS.rule("modal-size", "/interactions/receiving-and-responding#interaction-response-object")
def modal_size(modal: Json) -> Iterator[Problem]:
    if not 1 <= len(modal.get("components") or ()) <= 5:
        yield Problem(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")


@MODALS.rule("modal-custom-ids", "/components/reference#anatomy-of-a-component-custom-id")
def modal_custom_ids(modal: Json) -> Iterator[Problem]:
    inputs = (item.get("custom_id") for item in walk_components(modal["components"]))
    for custom_id, count in Counter(inputs).items():
        if custom_id and count > 1:
            yield Problem(
                ("components",),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                f"Component custom id cannot be duplicated ({custom_id!r}).",
            )


@MODALS.rule("modal-labels", "/components/reference#text-input (label, or a Label around it)")
def modal_labels(modal: Json) -> Iterator[Problem]:
    for number, item in enumerate(modal["components"]):
        path = ("components", number)
        if item["type"] == ACTION_ROW:
            if len(item["components"]) > 1:
                text = "A text input must be alone in its row."
                yield Problem(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", text)
            for each in item["components"]:
                if not each.get("label"):
                    yield Problem((*path, "label"), "BASE_TYPE_REQUIRED", "This field is required")
        elif item["type"] == LABEL:
            inside = item.get("component")
            if not inside:
                text = "This field is required"
                yield Problem((*path, "component"), "BASE_TYPE_REQUIRED", text)
            elif inside.get("label"):  # discord.py sends null
                text = "A text input in a Label has no label of its own."
                yield Problem((*path, "component", "label"), "COMPONENT_LABEL_IN_LABEL", text)


@MODALS.rule("modal-input-length", "/components/reference#text-input (min_length, max_length)")
def modal_input_length(modal: Json) -> Iterator[Problem]:
    for item in walk_components(modal["components"]):
        if item["type"] != TEXT_INPUT:
            continue
        most = item.get("max_length") or 4000
        if (item.get("min_length") or 0) > most:
            yield Problem(("components",), "NUMBER_TYPE_MAX", "min_length exceeds max_length.")
        if len(item.get("value") or "") > most:
            text = f"Must be {most} or fewer in length."
            yield Problem(("components",), "BASE_TYPE_MAX_LENGTH", text)


@MODALS.rule("modal-selects", "/components/reference#string-select (required, disabled, values)")
def modal_selects(modal: Json) -> Iterator[Problem]:
    yield from select_problems(modal["components"])
    for item in walk_components(modal["components"]):
        if item["type"] not in SELECTS:
            continue
        if item.get("disabled"):
            text = "A modal cannot have disabled components."
            yield Problem(("components",), "COMPONENT_DISABLED_IN_MODAL", text)
        if _is_required(item) and item.get("min_values") == 0:
            text = "min_values must be at least 1 where an answer is required."
            yield Problem(("components",), "NUMBER_TYPE_MIN", text)


# -- how it is filled in ----------------------------------------------------------------------


def fill(
    world: World, user: Person, modal: Json, answers: Mapping[str, Any], *, forged: bool = False
) -> Json:
    """The data of the submitted modal; what ``answers`` leaves out stays as the bot filled it.

    `NotOffered` where an answer does not fit its component, unless ``forged``.
    """
    components = payloads.complete_components(modal["components"])
    known = [item["custom_id"] for item in walk_components(components) if "custom_id" in item]
    if unknown := set(answers) - set(known):
        raise NotOffered(f"the modal has no {unknown}, only {known}")
    resolved: Json = {}

    def filled(item: Json) -> Json:
        sent: Json = {"type": item["type"], "id": item["id"]}
        if "component" in item:
            sent["component"] = filled(item["component"])
        elif "components" in item:
            sent["components"] = [filled(each) for each in item["components"]]
        elif "custom_id" in item:
            sent["custom_id"] = item["custom_id"]
            given = answers.get(item["custom_id"])
            sent |= _answer(world, user, item, given, resolved, forged=forged)
        return sent

    data = {"custom_id": modal["custom_id"], "components": [filled(each) for each in components]}
    return {**data, "resolved": resolved} if resolved else data


def _answer(
    world: World, user: Person, item: Json, given: Any, resolved: Json, *, forged: bool
) -> Json:
    kind = item["type"]
    if kind == TEXT_INPUT:
        text = item.get("value") or "" if given is None else given
        if not forged:
            _check_text(item, text)
        return {"value": text}
    if kind == CHECKBOX:
        return {"value": bool(item.get("default")) if given is None else given}
    options = item.get("options") or []
    if given is None:
        chosen = [option["value"] for option in options if option.get("default")]
    else:
        chosen = given if isinstance(given, list) else [given]
    if not forged and (chosen or _is_required(item)):
        offering.check_chosen(world, item, chosen)
    if kind == RADIO_GROUP:
        return {"value": chosen[0] if chosen else None}
    return offering.choose(world, user, item, chosen, resolved)


def _check_text(item: Json, text: str) -> None:
    name = item["custom_id"]
    if not text:
        if _is_required(item):
            raise NotOffered(f"the modal needs {name!r}")
        return
    least, most = item.get("min_length") or 0, item.get("max_length") or 4000
    if not least <= len(text) <= most:
        raise NotOffered(f"{name!r} must have {least} to {most} characters")


def _is_required(item: Json) -> bool:
    return item.get("required") is not False
