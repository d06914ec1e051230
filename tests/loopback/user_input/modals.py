"""Modals: what a user fills in.

Discord sends a submitted modal in the form in which the bot asked for it
(/components/using-modal-components): labels and action rows with their ids, and the answers in
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import payloads
from ..interactions import NotOffered
from ..models import CHECKBOX, RADIO_GROUP, TEXT_INPUT, Json, User, walk_components
from ..rules.modals import is_required
from ..world import World
from .components import check_values, choose


def modal_data(
    world: World, user: User, modal: Json, answers: Mapping[str, Any], *, forged: bool = False
) -> Json:
    """Return the data of the submitted modal; ``answers`` are by custom_id.

    What ``answers`` leaves out stays as the bot filled it in. Raises `NotOffered` if an answer
    does not fit its component, unless ``forged``.
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
            answer = answers.get(item["custom_id"])
            sent |= _answer(world, user, item, answer, resolved, forged=forged)
        return sent

    data = {"custom_id": modal["custom_id"], "components": [filled(each) for each in components]}
    return {**data, "resolved": resolved} if resolved else data


def _answer(
    world: World, user: User, item: Json, answer: Any, resolved: Json, *, forged: bool
) -> Json:
    type_ = item["type"]
    if type_ == TEXT_INPUT:
        text = item.get("value") or "" if answer is None else answer
        if not forged:
            _check_text(item, text)
        return {"value": text}
    if type_ == CHECKBOX:
        return {"value": bool(item.get("default")) if answer is None else answer}
    options = item.get("options") or []
    if answer is None:
        values = [option["value"] for option in options if option.get("default")]
    else:
        values = answer if isinstance(answer, list) else [answer]
    if not forged and (values or is_required(item)):
        check_values(world, item, values)
    if type_ == RADIO_GROUP:
        return {"value": values[0] if values else None}
    return choose(world, user, item, values, resolved)


def _check_text(item: Json, text: str) -> None:
    name = item["custom_id"]
    if not text:
        if is_required(item):
            raise NotOffered(f"the modal needs {name!r}")
        return
    least, most = item.get("min_length") or 0, item.get("max_length") or 4000
    if not least <= len(text) <= most:
        raise NotOffered(f"{name!r} must have {least} to {most} characters")
