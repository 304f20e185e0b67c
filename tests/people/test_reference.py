"""What the pages about people say is what there is."""

from __future__ import annotations

import re

import pytest

from lmb.cli.people import people
from lmb.config.paths import CLONE
from lmb.people.identifiers import DataClass
from lmb.people.roles import OrganisationKind, Role, session_limits_on
from tests.people.support import NOW

REFERENCE = (CLONE / "docs" / "reference" / "people.md").read_text()
SECURITY = (CLONE / "docs" / "security.md").read_text()


@pytest.mark.parametrize("name", sorted(people.commands))
def test_every_command_and_option_is_described(name: str) -> None:
    assert f"`lmb people {name}" in REFERENCE
    for parameter in people.commands[name].params:
        if parameter.param_type_name == "option" and parameter.opts != ["--help"]:
            assert parameter.opts[-1] in REFERENCE, parameter.opts


def test_roles_kinds_and_classes_are_described() -> None:
    limits = session_limits_on(NOW.date())
    for role in Role:
        idle = limits[role].idle.seconds // 60
        told = "1 h" if idle == 60 else f"{idle} min"
        total = limits[role].total.seconds // 3600
        assert re.search(rf"\| {role} \|[^|]+\| {told}, {total} h \|", REFERENCE), role
    for kind in OrganisationKind:
        assert kind.value in REFERENCE
    for data_class in DataClass:
        assert f"`{data_class}`" in REFERENCE


def test_every_test_the_threat_model_leans_on_is_there() -> None:
    """A control without its test is a promise; a renamed test must take its line along."""
    named = re.findall(r"`((?:\w+/)?test_\w+\.py)(?:::(test_\w+))?`", SECURITY)
    assert len(named) > 20
    for file, test in named:
        text = (CLONE / "tests" / (file if "/" in file else f"people/{file}")).read_text()
        assert f"def {test}(" in text if test else "def test_" in text, (file, test)
