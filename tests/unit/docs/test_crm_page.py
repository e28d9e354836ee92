"""What the page on CRMs says of the fields is what is written."""

import re
from pathlib import Path

from reviews.export.crm.fields import SPECS, Spec, proposed
from reviews.export.crm.port import Kind
from reviews.models import CrmField, CrmSystem

PAGE = Path(__file__).parents[3].joinpath("docs/integrator/crm.md").read_text()
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `(\w+)` \| `(\w+)` \|$", re.MULTILINE)
_WORDS = {Kind.NUMBER: "number", Kind.FLAG: "flag", Kind.TIME: "time"}


def kind(spec: Spec) -> str:
    return _WORDS.get(spec.kind) or f"text, {spec.longest}{'+' if spec.is_cut else ''}"


def test_the_table_has_every_field_with_its_kind_and_the_names_that_are_proposed() -> None:
    assert ROW.findall(PAGE) == [
        (str(each.label), kind(SPECS[each]), *(proposed(system, each) for system in CrmSystem))
        for each in CrmField
    ]
