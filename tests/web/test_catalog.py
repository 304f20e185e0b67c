"""The Spanish of the pages is complete and belongs to what the pages say."""

from __future__ import annotations

import re
from gettext import GNUTranslations

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.web.support import WEB, messages_in_code

SOURCE = WEB / "locale" / "es" / "LC_MESSAGES" / "django.po"


def messages() -> list[Message]:
    with SOURCE.open("rb") as file:
        catalog: Catalog = read_po(file, locale="es")
    return [message for message in catalog if message.id]


def forms(text: object) -> tuple[str, ...]:
    """The forms by number of a text: one, unless it has a plural."""
    if isinstance(text, str):
        return (text,)
    assert isinstance(text, (list, tuple))
    return tuple(text)


def test_every_text_of_the_pages_is_in_spanish_and_nothing_else() -> None:
    translated = {(message.context, forms(message.id)) for message in messages()}
    used = {(context, forms(text)) for context, text in messages_in_code()}
    assert used - translated == set()
    assert translated - used == set()


def test_no_translation_is_a_guess_or_left_out_in_the_plural() -> None:
    for message in messages():
        assert not message.fuzzy, message.id
        assert all(forms(message.string)), message.id


def test_translations_fill_in_the_same_values() -> None:
    for message in messages():
        for english, spanish in zip(forms(message.id), forms(message.string), strict=True):
            assert placeholders(english) == placeholders(spanish), english


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


def test_compiled_translations_are_those_of_the_source() -> None:
    with SOURCE.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in messages():
        english, spanish = forms(message.id), forms(message.string)
        if len(english) > 1:
            one, many = english
            assert tuple(compiled.ngettext(one, many, number) for number in (1, 2)) == spanish
        elif message.context:
            assert (compiled.pgettext(message.context, english[0]),) == spanish
        else:
            assert (compiled.gettext(english[0]),) == spanish
