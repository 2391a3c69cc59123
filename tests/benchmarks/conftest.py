"""Sizes of the benchmarks, given by `bootstrap.py bench --tickets N --ratings N --rows N --seconds N`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tickets", type=int, default=1_000_000)
    parser.addoption("--ratings", type=int, default=1_000_000)
    parser.addoption("--rows", type=int, default=200_000)
    parser.addoption("--seconds", type=int, default=120)


@pytest.fixture
def tickets(request: pytest.FixtureRequest) -> int:
    """How many tickets."""
    return int(request.config.getoption("--tickets"))


@pytest.fixture
def ratings(request: pytest.FixtureRequest) -> int:
    """How many ratings."""
    return int(request.config.getoption("--ratings"))


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> int:
    """How many rows in a workbook."""
    return int(request.config.getoption("--rows"))


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> int:
    """How long many clients work."""
    return int(request.config.getoption("--seconds"))
