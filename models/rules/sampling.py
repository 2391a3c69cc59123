"""A random sample that anybody can draw again (Art. 24): the same seed, stock and size give the same tickets anywhere.

Every ticket gets sha256(seed + ":" + its id); those with the smallest hashes are drawn. A larger sample with the same seed
holds the smaller one, and a ticket that joins the stock moves no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

#: The name of this method, as it is recorded with every sample.
METHOD = "sha256-smallest-1"


def rank(seed: str, ticket: int) -> bytes:
    """What a ticket is ordered by under a seed."""
    return hashlib.sha256(f"{seed}:{ticket}".encode()).digest()


def size_of(stock: int, *, size: int | None = None, share: Decimal | None = None) -> int:
    """How many are drawn of `stock`: as many as asked for, or the share of them rounded up; never more than there are."""
    if (size is None) == (share is None):
        raise ValueError("either a size or a share")
    if size is not None:
        return min(size, stock)
    assert share is not None
    exact = Fraction(share) * stock
    return min(-(-exact.numerator // exact.denominator), stock)


def draw(stock: Iterable[int], number: int, seed: str) -> tuple[int, ...]:
    """The `number` tickets of `stock` that the seed chooses, in the order drawn; all of them where there are fewer."""
    return tuple(sorted(set(stock), key=lambda ticket: (rank(seed, ticket), ticket))[:number])
