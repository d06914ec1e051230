"""The calibrations of standing questions, as they are stored beside their questions."""

import json
from typing import Any

from retrieval.errors import BadQuestion
from retrieval.standing import Calibration, StandingQuestion


def calibration_text(calibration: Calibration | None) -> str | None:
    """A calibration as JSON, without its question."""
    if calibration is None:
        return None
    return json.dumps(
        {
            "threshold": calibration.threshold,
            "releases": calibration.releases,
            "fingerprint": calibration.fingerprint,
        }
    )


def parse_calibration(question: str | None, text: str | None) -> Calibration | None:
    """The calibration of a question; None if there is none, or another version wrote it."""
    if question is None or text is None:
        return None
    try:
        values: dict[str, Any] = json.loads(text)
        found = Calibration(StandingQuestion(question), **values)
    except (BadQuestion, ValueError, TypeError, RecursionError):
        return None  # calibrate again
    is_whole = (
        isinstance(found.threshold, int | float)
        and type(found.releases) is int
        and isinstance(found.fingerprint, str)
    )
    return found if is_whole else None
