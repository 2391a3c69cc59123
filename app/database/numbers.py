"""Whole numbers on their way to the database: of the type that stands where they stand."""

from __future__ import annotations

from typing import Any

from psycopg.adapt import Dumper


class WholeNumber(Dumper):
    """A number without a type of its own, so that PostgreSQL takes the type from the column or argument beside it.

    psycopg calls 7 a `smallint`, and a comparison of an id with a smallint does not count as leakproof (decision
    0018): under a liaison's policy the index would be of no use, and one ticket of a million took a second.
    """

    def dump(self, obj: Any) -> bytes:
        """Its digits."""
        return str(int(obj)).encode()

    def quote(self, obj: Any) -> bytes:
        """Its digits within a statement that the driver itself puts together, such as FETCH."""
        return b" %d" % int(obj)
