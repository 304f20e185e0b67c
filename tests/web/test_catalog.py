"""The Spanish of the pages is complete and belongs to what the pages say."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.web.support import WEB, catalog_folders, messages_in_code

each_folder = pytest.mark.parametrize(
    "folder", catalog_folders(), ids=lambda folder: str(folder.relative_to(WEB.parent))
)


def source(folder: Path) -> Path:
    return folder / "locale" / "es" / "LC_MESSAGES" / "django.po"


def messages(folder: Path) -> list[Message]:
    with source(folder).open("rb") as file:
        catalog: Catalog = read_po(file, locale="es")
    return [message for message in catalog if message.id]


def forms(text: object) -> tuple[str, ...]:
    """The forms by number of a text: one, unless it has a plural."""
    if isinstance(text, str):
        return (text,)
    assert isinstance(text, (list, tuple))
    return tuple(text)


@each_folder
def test_every_text_of_the_pages_is_in_spanish_and_nothing_else(folder: Path) -> None:
    translated = {(message.context, forms(message.id)) for message in messages(folder)}
    used = {(context, forms(text)) for context, text in messages_in_code(folder)}
    assert used - translated == set()
    assert translated - used == set()


@each_folder
def test_no_translation_is_a_guess_or_left_out_in_the_plural(folder: Path) -> None:
    for message in messages(folder):
        assert not message.fuzzy, message.id
        assert all(forms(message.string)), message.id


@each_folder
def test_translations_fill_in_the_same_values(folder: Path) -> None:
    for message in messages(folder):
        for english, spanish in zip(forms(message.id), forms(message.string), strict=True):
            assert placeholders(english) == placeholders(spanish), english


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


@each_folder
def test_compiled_translations_are_those_of_the_source(folder: Path) -> None:
    with source(folder).with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in messages(folder):
        english, spanish = forms(message.id), forms(message.string)
        if len(english) > 1:
            one, many = english
            assert tuple(compiled.ngettext(one, many, number) for number in (1, 2)) == spanish
        elif message.context:
            assert (compiled.pgettext(message.context, english[0]),) == spanish
        else:
            assert (compiled.gettext(english[0]),) == spanish
