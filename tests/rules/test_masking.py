"""Personal data are masked: enough to recognise, too little to call (Guide 4.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.masking import mask_in_text, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("杨", "*"), ("杨秀", "杨*"), ("杨秀敏", "杨**"), ("欧阳秀敏", "欧***")],
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13384382025", "133****2025"),
        ("8613384382025", "861******2025"),
        ("6622025", "*****25"),
        ("12345", "***45"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text("0123456789", max_size=20))
def test_a_masked_phone_keeps_its_length_and_hides_at_least_what_a_caller_needs(phone: str) -> None:
    masked = mask_phone(phone)
    assert len(masked) == len(phone)
    assert all(m in ("*", p) for m, p in zip(masked, phone, strict=True))
    hidden = masked.count("*")
    assert hidden >= 4 if len(phone) >= 11 else hidden >= len(phone) - hidden


@given(st.text(min_size=1, max_size=12))
def test_a_masked_name_keeps_its_length_and_one_character_at_most(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert set(masked[1:]) <= {"*"}


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("打13384382025没人接", "打133****2025没人接"),
        ("身份证44088119900101123X", "身份证440***********123X"),
        ("电话 0759-6682315", "电话 075*****2315"),
        ("3号窗口等了120分钟", "3号窗口等了120分钟"),
        ("", ""),
    ],
)
def test_numbers_inside_a_text_are_masked(written: str, masked: str) -> None:
    assert mask_in_text(written) == masked


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("打13384382025没人接", "打133****2025没人接"),
        ("身份证33022519900101778X。", "身份证330***********778X。"),
        ("电话0759-6682315", "电话075*****2315"),
        ("工单HCP20261000012、办件44088120261000012", "工单HCP20261000012、办件44088120261000012"),
        ("2026年11月2日等了120分钟", "2026年11月2日等了120分钟"),
    ],
)
def test_numbers_in_a_text_are_masked_where_they_name_somebody(written: str, printed: str) -> None:
    assert mask_in_text(written) == printed
