"""One county for all attempts that change nothing, and one for those that go on from what is allowed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.database.embedded import Cluster
from tests.security.county import County, county


@pytest.fixture(scope="session")
def besieged(server: Cluster) -> Iterator[County]:
    """Attacked by every attempt; nothing of it may ever change."""
    with county(server) as made:
        yield made


@pytest.fixture(scope="module")
def living(server: Cluster) -> Iterator[County]:
    """Where attackers first do what they may."""
    with county(server) as made:
        yield made
