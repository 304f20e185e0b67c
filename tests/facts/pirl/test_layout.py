"""The layout is a table: every element of the public text, versions, and an operator's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.facts.importers.pirl.layout import HEADER, Layout, load_layout, shipped, versions
from lmb.facts.importers.pirl.reading import read_records, records_bytes
from lmb.values.errors import InputError, NotFoundError

NAMED = [
    "100",
    "101",
    "102",
    "103",
    "108A",
    "108B",
    "108C",
    "200",
    "201",
    "202",
    "210",
    "215",
    "300",
    "301",
    "400",
    "401",
    "402",
    "403",
    "406",
    "407",
    "408",
    "409",
    "410",
    "600",
    "604",
    "701",
    "702",
    "800",
    "808",
    "900",
    "901",
    "903",
    "904",
    "905",
    "907",
    "908",
    "909",
    "918",
    "923",
    "1000",
    "1007",
    "1100",
    "1113",
    "1201",
    "1300",
    "1301",
    "1302",
    "1303",
    "1305",
    "1306",
    "1307",
    "1308",
    "1309",
    "1313",
    "1314",
    "1318",
    "1600",
    "1607",
    "1610",
    "1613",
    "1614",
    "1617",
    "1618",
    "1700",
    "1706",
    "1800",
    "1805",
    "1806",
    "1810",
    "1811",
    "1813",
    "1900",
    "1901",
    "2700",
    "3000",
]


def test_the_newest_version_has_every_element_that_is_confirmed() -> None:
    layout = shipped(versions()[-1])
    assert set(NAMED) <= set(layout.numbers)
    by_number = layout.by_number()
    for number in range(1600, 1607, 2):
        assert by_number[str(number)].name.startswith("Employed in")
    # The quarters before participation count backwards: 1700 is not a quarter after exit.
    assert by_number["1701"].name == "Wages 2nd quarter before participation quarter"
    assert by_number["1704"].name == "Wages 2nd quarter after exit quarter"


def test_versions_differ_by_what_came_since() -> None:
    first, last = map(shipped, versions())
    assert set(last.numbers) - set(first.numbers) == {"1618"}
    with pytest.raises(NotFoundError, match="there are 2016, 2024"):
        shipped("2030")


OWN = ",".join(HEADER) + "\n100,Identifier,AN,12,,all,2025,\n901,Exit,DT,8,,all,2025,2026\n"


def test_an_operators_own_table_is_a_layout() -> None:
    assert load_layout("own.csv", OWN.encode(), "2026").numbers == ("100", "901")
    assert load_layout("own.csv", OWN.encode(), "2027").numbers == ("100",)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", (1, None)),
        ("number,name\n", (1, None)),
        (OWN.replace("AN", "XX"), (2, "type")),
        (OWN.replace("901,", "9O1,"), (3, "number")),
        (OWN.replace("901,", "100,"), (3, "number")),
        (OWN.replace(",12,", ",0,"), (2, "length")),
        (OWN.replace(",2025,2026", ""), (3, None)),
        (OWN.replace("2025", "2035"), (None, "since")),
    ],
)
def test_a_table_that_is_none_is_told(content: str, place: tuple[int | None, str | None]) -> None:
    with pytest.raises(InputError) as caught:
        load_layout("own.csv", content.encode(), "2026")
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == place


FIELD = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\x85\u2028\u2029"
    ),
    max_size=8,
)


@pytest.mark.parametrize("version", versions())
@given(data=st.data())
def test_records_are_read_and_written_back_to_the_byte(version: str, data: st.DataObject) -> None:
    layout: Layout = shipped(version)
    record = st.dictionaries(st.sampled_from(layout.numbers), FIELD.filter(bool), max_size=12)
    records = data.draw(st.lists(record, max_size=4))
    content = records_bytes(records, layout)
    assert read_records(content, layout) == records
    assert records_bytes(read_records(content, layout), layout) == content


def test_a_record_of_another_length_is_told() -> None:
    with pytest.raises(InputError, match="row 1: found 2 fields, expected 137 fields"):
        read_records(b"a,b\n", shipped("2024"))
