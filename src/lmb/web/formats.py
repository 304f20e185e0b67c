"""How numbers and dates are shown, one way everywhere, in the language of the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lmb.values.money import format_cents
from lmb.values.rounding import PRECISION_DIGITS, half_even

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
SHORT_FROM_CENTS = 10_000_000_00
"""From ten million dollars on, a drawing has no room for every cent; its table has."""


def percent_text(value: Decimal, places: int | None = None) -> str:
    """Per cent as shown: `7.375 %`, with the decimals it has unless told how many."""
    shown = value if places is None else half_even(value, places)
    return f"{shown:f}{NO_BREAK_SPACE}%"


def share_text(fraction: Decimal, places: int = 1) -> str:
    """A fraction of one as per cent: 0.7568 is `75.7 %`."""
    return percent_text(fraction * 100, places)


def cents_of(dollars: Decimal) -> int:
    """Cents of dollars that have at most two decimals."""
    with localcontext(prec=PRECISION_DIGITS):
        return int(dollars.scaleb(2))


def dollars_text(dollars: Decimal) -> str:
    """Dollars with cents: `$1,794.34`."""
    return format_cents(cents_of(dollars))


def whole_dollars_text(dollars: Decimal) -> str:
    """Dollars without cents, for the marks of an axis: `$2,000`."""
    return format_cents(cents_of(half_even(dollars, 0))).removesuffix(".00")


def short_cents_text(cents: int) -> str:
    """An amount for a drawing: to the cent while it fits, then in millions of dollars."""
    if abs(cents) < SHORT_FROM_CENTS:
        return format_cents(cents)
    millions = half_even(Decimal(cents).scaleb(-8), 1)
    # Translators: an amount in millions of dollars, such as $31.2 million
    return pgettext("money", "$%(amount)s million") % {"amount": f"{millions:,}"}


def day_text(day: date) -> str:
    """A date written out: `August 13, 1979`, `13 de agosto de 1979`."""
    # Translators: a date format of Django's `date` filter; Spanish: j \d\e F \d\e Y
    return format_date(day, pgettext("date format", "F j, Y"))


def moment_text(at: datetime) -> str:
    """A moment to the minute in universal time: `August 13, 1979, 12:00 UTC`."""
    universal = at.astimezone(UTC)
    return f"{day_text(universal.date())}, {universal:%H:%M} UTC"


def seconds_text(seconds: int) -> str:
    """A moment in seconds since 1970, as witnesses state it; as a number beyond year 9999."""
    try:
        return moment_text(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def age_text(at: datetime, now: datetime) -> str:
    """How long ago a moment was, in its largest whole unit: `40 s`, `17 min`, `3 h`, `4 days`."""
    seconds = max(int((now - at).total_seconds()), 0)
    if seconds < 2 * 60:
        return f"{seconds}{NO_BREAK_SPACE}s"
    if seconds < 2 * 3_600:
        return f"{seconds // 60}{NO_BREAK_SPACE}min"
    if seconds < 2 * 86_400:
        return f"{seconds // 3_600}{NO_BREAK_SPACE}h"
    days = seconds // 86_400
    # Translators: how long ago something was; never fewer than two
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": f"{days:,}"}


def period_text(first: date, last: date) -> str:
    """A period of days: a whole calendar year by its number, else from and to."""
    if (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year):
        return str(first.year)
    return _("%(first)s to %(last)s") % {"first": day_text(first), "last": day_text(last)}


def day_or_none(text: str) -> date | None:
    """A day as browsers send it, `2026-11-21`; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


SMALLEST_CELL = 10
"""Fewer people than this are not told apart where people are counted."""


def people_text(people: int) -> str:
    """A number of people; a small one, which might point at somebody, is not told."""
    if 0 < people < SMALLEST_CELL:
        return _("fewer than 10")
    return f"{people:,}"
