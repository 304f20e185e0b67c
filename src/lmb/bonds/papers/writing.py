"""How a paper writes sentences, money, days and rates, in English and Spanish. Pure.

Each kind of paper keeps its sentences beside its builder, English first; those here are shared. A
test holds both languages of every sentence to the same names in braces.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.words import written_day
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
SIGNS = {"USD": "$", "GBP": "£"}

Phrases = Mapping[str, tuple[str, str]]
"""Sentences by key: English, then Spanish."""

SHARED: Phrases = {
    "desk": ("Labor Market Bonds", "Bonos del Mercado Laboral"),
    "as-of": ("As of", "A fecha de"),
    "for": ("For", "Para"),
    "page": ("Page {page} of {pages}", "Página {page} de {pages}"),
    "fingerprint": ("Fingerprint of the figures", "Huella de las cifras"),
    "about": ("About these figures", "Sobre estas cifras"),
    "demonstration": (
        "Demonstration. No such bond was ever sold, and no money moves here.",
        "Demostración. Nunca se vendió un bono así, y aquí no se mueve dinero.",
    ),
    "cusip": ("CUSIP", "CUSIP"),
    "total": ("Total", "Total"),
    "nobody": ("none", "ninguno"),
    "par": ("Face amount", "Valor nominal"),
    "period": ("Interest period", "Periodo de intereses"),
    "unit/USD": (
        "Amounts are in United States dollars, exact to the cent; rates in per cent a year.",
        "Los importes están en dólares de los Estados Unidos, exactos al centavo; los tipos, en "
        "por ciento al año.",
    ),
    "unit/GBP": (
        "Amounts are in pounds sterling, exact to the penny; rates in per cent a year.",
        "Los importes están en libras esterlinas, exactos al penique; los tipos, en por ciento al "
        "año.",
    ),
    "terms-sha256": (
        "The terms are locked by their SHA-256: {sha256}.",
        "Las condiciones quedan fijadas por su SHA-256: {sha256}.",
    ),
}


class Writer:
    """Writes in one language from the shared sentences and those of one kind of paper."""

    def __init__(self, language: Language, phrases: Phrases, currency: str = "USD") -> None:
        self.language = language
        self._phrases = phrases
        self._currency = currency

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key, its names filled in: days, rates and counts as written here.
        Raises KeyError for an unknown key."""
        phrase = self._phrases.get(key) or SHARED[key]
        written = {name: self.written(value) for name, value in values.items()}
        return phrase[self.language is Language.SPANISH].format(**written)

    def written(self, value: object) -> str:
        """A value by its type: a day, a number of things, a decimal; text stays."""
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Decimal):
            return f"{value:,f}"
        return f"{value:,}" if isinstance(value, int) else str(value)

    def money(self, cents: int) -> str:
        """`$6,200.00`, a loss `-$15.20`."""
        return format_cents(cents).replace("$", SIGNS[self._currency])

    def day(self, day: date) -> str:
        """`August 13, 1979`, `13 de agosto de 1979`; never broken over two lines."""
        return written_day(day, self.language).replace(" ", NO_BREAK_SPACE)

    def percent(self, value: Decimal | Fraction) -> str:
        """`7.375 %`, with the decimals it has; of a ratio that does not end, six."""
        if isinstance(value, Fraction):
            return f"{ratio_text(value)}{NO_BREAK_SPACE}%"
        return f"{value:f}{NO_BREAK_SPACE}%"

    def share(self, part: int, whole: int) -> str:
        """A part of a number of people in per cent with one decimal, half to even."""
        return f"{round(Fraction(1000 * part, whole)) / Decimal(10):.1f}{NO_BREAK_SPACE}%"

    def meta(self, cusip: str, to: str, as_of: date) -> tuple[tuple[str, str], ...]:
        """What stands above a title: which bond, for whom, as of when."""
        told = (
            (self.say("cusip"), cusip),
            (self.say("for"), to),
            (self.say("as-of"), self.day(as_of)),
        )
        return tuple((label, value) for label, value in told if value)

    def about(self, terms_sha256: str, *sources: str) -> tuple[str, ...]:
        """What stands under every paper about its figures: unit, where from, and which terms."""
        unit = self.say(f"unit/{self._currency}")
        return (unit, *sources, self.say("terms-sha256", sha256=terms_sha256))


def unbroken(sentence: str) -> str:
    """A sentence in which no line ends between a number and its per cent sign."""
    return sentence.replace(" %", f"{NO_BREAK_SPACE}%")


def ratio_text(value: Fraction, places: int = 6) -> str:
    """A ratio in decimals, cut of trailing zeros; rounded half to even where it goes on."""
    scaled = round(value * 10**places)
    return decimal_text(Decimal(scaled).scaleb(-places))
