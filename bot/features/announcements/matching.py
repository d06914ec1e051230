"""Which new releases a scope is about."""

from collections.abc import Sequence

from bot.archive_service import ArchiveService
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope
from retrieval.standing import Calibration


async def releases_in_scope(
    archive: ArchiveService,
    scope: Scope,
    known: Calibration | None,
    releases: Sequence[ReleaseInfo],
) -> tuple[list[ReleaseInfo], Calibration | None]:
    """Those of some releases that a scope is about.

    Args:
        archive: the archive that has the releases.
        scope: the scope.
        known: the calibration of its question, if it has been calibrated.
        releases: the releases.

    Returns:
        The releases, and the calibration of the question, which is a new one if that is due.

    Raises:
        BadQuestion: if the question of the scope is no standing question to this version.
    """
    wanted = [each for each in releases if scope.allows(each)]
    if scope.question is None or not wanted:
        return wanted, known
    ids = [each.id for each in wanted]
    calibration, matching = await archive.match_question(scope.question, known, ids)
    return [each for each in wanted if each.id in matching], calibration
