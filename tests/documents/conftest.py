"""What the tests of the documents share: the blocks that each of them runs."""

from collections.abc import Sequence

import pytest

from tests.documents.markdown import Block, blocks_run_by


@pytest.fixture
def shown(request: pytest.FixtureRequest) -> Sequence[Block]:
    """The blocks that name the test, in the order of the documents. There is at least one."""
    found = blocks_run_by(request.node.originalname)
    assert found, "no block of the documents names this test"
    return found
