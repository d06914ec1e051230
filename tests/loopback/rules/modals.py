"""What Discord refuses in a modal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..models import ACTION_ROW, LABEL, SELECTS, TEXT_INPUT, Json, walk_components
from .book import Problem, RuleBook
from .messages import select_problems

MODALS: RuleBook[Json] = RuleBook()


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
        if is_required(item) and item.get("min_values") == 0:
            text = "min_values must be at least 1 where an answer is required."
            yield Problem(("components",), "NUMBER_TYPE_MIN", text)


def is_required(component: Json) -> bool:
    """Whether a component of a modal must be filled in; required is the default."""
    return component.get("required") is not False
