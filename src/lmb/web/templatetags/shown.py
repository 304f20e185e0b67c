"""`{% load shown %}`: filters for numbers and dates, and links to the glossary."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django import template
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lmb.people.roles import Role
from lmb.proofs.receipts import Cosigner
from lmb.values.money import format_cents
from lmb.web import formats, words
from lmb.web.glossary import entry

register = template.Library()


@register.filter
def money(cents: int) -> str:
    """Cents as `$6,200.00`."""
    return format_cents(cents)


@register.filter
def dollars(amount: Decimal) -> str:
    """Dollars as `$1,794.34`."""
    return formats.dollars_text(amount)


@register.filter
def percent(value: Decimal, places: int | None = None) -> str:
    """Per cent as `7.375 %`."""
    return formats.percent_text(value, places)


@register.filter
def share(fraction: Decimal) -> str:
    """A fraction of one as `75.7 %`."""
    return formats.share_text(fraction)


@register.filter
def digits(value: Decimal) -> str:
    """A number with the digits it has; a point marks the decimals in every language, as in
    amounts of dollars."""
    return f"{value:f}"


@register.filter
def day(value: date) -> str:
    """A date written out."""
    return formats.day_text(value)


@register.filter
def moment(value: datetime) -> str:
    """A moment written out, in universal time."""
    return formats.moment_text(value)


@register.filter
def seconds(value: int) -> str:
    """A moment in seconds since 1970 written out."""
    return formats.seconds_text(value)


@register.filter
def count(number: int) -> str:
    """A whole number with thousands separators, as `1,167`."""
    return f"{number:,}"


@register.filter
def names(cosigners: Iterable[Cosigner]) -> str:
    """The names of witnesses, listed: `w1, w2 and w3`."""
    listed = [cosigner.name for cosigner in cosigners]
    if len(listed) < 2:
        return "".join(listed)
    # Translators: the last two of a list of names
    return _("%(names)s and %(last)s") % {"names": ", ".join(listed[:-1]), "last": listed[-1]}


@register.simple_tag
def term(key: str, text: str) -> SafeString:
    """`text` as a link to its glossary entry, the definition in the link's title."""
    found = entry(key, get_language() or "en")
    return format_html(
        '<a class="term" href="{}#{}" title="{}">{}</a>',
        reverse("web:glossary"),
        found.key,
        found.definition,
        text,
    )


@register.filter
def role_name(role: Role) -> str:
    """What a role is called."""
    return words.role_name(role)


@register.simple_tag
def language_link(path: str) -> SafeString:
    """A link to this page in the other language, named in that language."""
    code, name = ("en", "English") if get_language() == "es" else ("es", "Español")
    return format_html(
        '<a class="language" href="{}" hreflang="{}" lang="{}">{}</a>',
        *(_same_page_in(path, code), code, code, name),
    )


def _same_page_in(path: str, language: str) -> str:
    """The address of this page in another language; of the first page where it has none."""
    translated = translate_url(path, language)
    if translated != path:
        return translated
    with override(language):
        return reverse("web:home")


@register.filter
def key_end(key: UUID) -> str:
    """The end of a person's or a row's key: enough to tell two apart."""
    return words.short_key(key)


@register.filter
def people(number: int) -> str:
    """A number of people; fewer than ten are not told apart."""
    return formats.people_text(number)
