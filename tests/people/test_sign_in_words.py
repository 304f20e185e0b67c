"""Passwords, numbers and codes by themselves: what is taken, drawn, read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.people.sign_in import code_generator, codes, passwords
from lmb.people.sign_in.passwords import WeakPasswordError
from lmb.values.errors import RefusedError
from tests.people.signing_in import SECRET
from tests.people.support import NOW, repeating


def reason(password: str, *, alone: bool = True, own: tuple[str, ...] = ()) -> str:
    with pytest.raises(WeakPasswordError) as error:
        passwords.check(password, alone=alone, own=own)
    return error.value.reason


@pytest.mark.parametrize("alone", [True, False])
def test_length_alone_is_asked_for_and_more_of_it_without_a_second_factor(alone: bool) -> None:
    least = 15 if alone else 8
    text = "xkvq jdlw rmzt bhnp"
    assert passwords.check(text[:least], alone=alone) == text[:least]
    assert reason(text[: least - 1], alone=alone) == "short"
    assert reason("x" * 201) == "long"
    # 64 signs and more are taken, of any kind.
    long = "Ñandú, lápiz y 3 piñatas; " * 3
    assert passwords.check(long, alone=alone) == long


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password12345678",
        "P@ssw0rd12345678",
        "iloveyouforever!",
        "correcthorsebatterystaple",
        "qwertyuiopasdfgh",
        "abcdefghijklmnop",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "Labor Market Bonds 2026",
        "contraseña contraseña",
        "teamoteamoteamo1",
    ],
)
def test_what_a_thief_tries_first_is_not_taken(password: str) -> None:
    assert reason(password) == "common"


def test_the_account_itself_is_no_password() -> None:
    assert reason("123 456 7890 --", own=("1234567890",)) == "common"
    assert reason("415-926-5358 ()", own=("4159265358",)) == "common"


def test_a_common_word_within_a_long_sentence_does_no_harm() -> None:
    for password in (
        "mi perro come tacos verdes",
        "my dog eats green tacos",
        "tulip-oven-marble-9",
    ):
        assert passwords.check(password, alone=True) == password


def test_a_password_is_the_same_from_every_keyboard() -> None:
    composed, decomposed = "lápiz-ñandú-otoño", "la\u0301piz-n\u0303andu\u0301-oton\u0303o"
    assert passwords.normalised(composed) == passwords.normalised(decomposed)


# ── numbers and codes ──


@given(st.integers(0, 9), st.integers(1, 9))
def test_a_slip_of_the_pen_in_a_number_is_seen(place: int, change: int) -> None:
    number = codes.draw_number(repeating("numbers"))
    assert codes.read_number(codes.shown_number(number)) == number
    digit = str((int(number[place]) + change) % 10)
    assert codes.read_number(number[:place] + digit + number[place + 1 :]) is None


@given(st.text(max_size=40))
def test_no_other_text_is_a_number(text: str) -> None:
    found = codes.read_number(text)
    assert found is None or (len(found) == 10 and found.isascii() and found.isdigit())


def test_codes_are_read_however_they_are_typed() -> None:
    code = codes.draw_code(codes.RECOVERY_SIGNS, repeating("codes"))
    assert len(code.replace("-", "")) == 24
    typed = code.lower().replace("-", " ")
    assert codes.code_sha256(typed) == codes.code_sha256(code)
    assert codes.code_sha256(code[:-1]) != codes.code_sha256(code)


def test_every_sign_of_a_code_is_as_likely() -> None:
    drawn = codes.draw_code(60_000, repeating("many")).replace("-", "")
    counts = [drawn.count(sign) for sign in codes.ALPHABET]
    # 30 signs, 2,000 of each expected; 6 standard deviations.
    assert all(abs(count - 2_000) < 6 * 44 for count in counts)
    with pytest.raises(RefusedError, match="randomness"):
        codes.draw_code(4, lambda count: b"\xff" * count)


# ── digits of an app ──


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_digits_are_those_of_the_standard(seconds: int, digits: str) -> None:
    """RFC 6238 appendix B, SHA-1."""
    assert code_generator.digits_of(SECRET, seconds // 30, 8) == digits
    at = datetime.fromtimestamp(seconds, UTC)
    assert code_generator.step_of(SECRET, digits[2:], at, 0) == seconds // 30


def test_digits_count_for_a_minute_and_a_half_and_once() -> None:
    step = int(NOW.timestamp()) // 30
    digits = code_generator.digits_of(SECRET, step)
    spaced = f"{digits[:3]} {digits[3:]}"
    for off, counts in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        found = code_generator.step_of(SECRET, spaced, NOW + timedelta(seconds=off), 0)
        assert found == (step if counts else None), off
    assert code_generator.step_of(SECRET, digits, NOW, after=step) is None
    for wrong in ("", "12345", digits + "0", "１２３４５６", "abcdef"):
        assert code_generator.step_of(SECRET, wrong, NOW, 0) is None


def test_the_address_for_the_app_names_the_account_and_not_the_person() -> None:
    text = code_generator.address(SECRET, "Labor Market Bonds", "1234567890")
    assert text == (
        "otpauth://totp/Labor%20Market%20Bonds:1234567890"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Labor%20Market%20Bonds"
    )
    assert code_generator.shown_secret(SECRET).startswith("GEZD GNBV")
