"""The filters dialog: what it offers, what it reads, which condition it blames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.conjunction_builder import Fields, changed, draft_of, filled, read_draft, walk
from components.conjunction_fields import Offer, offers_for, operators, result_offers
from components.filter_group import Expression, FilterGroup, filters_from_query
from core.archive.derived_fields import DERIVED_FIELDS
from core.archive.filters import MetadataFilter
from core.instruments.model import MetadataField
from core.instruments.registry import all_sources
from core.search.filters.result_filters import RESULT_KEYS, ResultFilters

CLOUD = MetadataField("cloud", "Class", "string", ("cloudy", "clear"))
CONFIDENCE = MetadataField("confidence", "Per cent", "double")
QUALITY = MetadataField("quality", "Flag", "int")
OFFERS = [Offer(f, "Fields") for f in (CLOUD, CONFIDENCE, QUALITY, *DERIVED_FIELDS)]


def read(operator: str, value: object, key: str = "confidence"):  # type: ignore[no-untyped-def]
    said = {"key": key, "operator": operator, "values": value}
    return read_draft({"logic": "AND", "members": [said]}, OFFERS)


@pytest.mark.parametrize(
    ("operator", "text", "values"),
    [
        (">=", "95", ("95",)),
        ("between", "75, 90", ("75", "90")),
        ("between", "75 and 90", ("75", "90")),
        ("in", "1; 2, 3", ("1", "2", "3")),
    ],
)
def test_numbers_are_read(operator: str, text: str, values: tuple[str, ...]) -> None:
    group, errors = read(operator, text)
    assert errors == {}
    assert group.expressions == (Expression("confidence", operator, values),)


@pytest.mark.parametrize(
    ("operator", "text", "said"),
    [
        (">=", "many", "is not a number"),
        (">=", "1, 2", "takes one"),
        ("between", "75", "takes two"),
        ("between", "90, 75", "lower"),
        ("<", "nan", "finite"),
        ("<", " ", "Give a value"),
    ],
)
def test_what_is_wrong_is_said_at_its_condition(operator: str, text: str, said: str) -> None:
    group, errors = read(operator, text)
    assert group.expressions == ()
    assert list(errors) == ["0"]
    assert said in errors["0"]


def test_whole_numbers_are_wanted_for_int_fields() -> None:
    assert "whole number" in read("=", "1.5", "quality")[1]["0"]
    assert read("=", "1", "quality")[1] == {}


def test_magnetic_local_time_goes_over_midnight() -> None:
    assert read("between", "22 and 2", "derived.mlt_h")[1] == {}
    assert "lower" in read("between", "22 and 2", "derived.kp")[1]["0"]


def test_what_says_nothing_is_left_out() -> None:
    empty = {"key": "", "operator": "", "values": ""}
    nothing = {"logic": "OR", "members": [empty]}
    group, errors = read_draft({"logic": "NOT OR", "members": [empty, nothing]}, OFFERS)
    assert group == FilterGroup()
    assert errors == {}


def test_every_kind_of_field_takes_its_operators() -> None:
    assert operators(CLOUD) == ("in", "not in", "=", "!=")
    everything = {"=", "!=", "<", "<=", ">", ">=", "in", "not in", "between"}
    assert set(operators(CONFIDENCE)) == everything
    assert set(operators(MetadataField("name", "", "string"))) == everything


def test_the_dialog_offers_declared_derived_and_set_fields() -> None:
    sources = [s for s in all_sources() if s.program == "themis-asi"][:2]
    set_before = FilterGroup("AND", (Expression("foreign", "in", ("1",)),))
    keys = [offer.key for offer in offers_for(sources, set_before)]
    assert {f.field_name for f in DERIVED_FIELDS} <= set(keys)
    assert "calgary_cloud_ml_v1" in keys
    assert keys[-1] == "foreign"
    assert [offer.key for offer in result_offers(FilterGroup())] == list(RESULT_KEYS)


def test_filters_on_results_that_are_offered_are_known() -> None:
    given_values = {"duration_min": "3", "closest_inside": ["true"]}
    members = [{"key": k, "operator": "=", "values": v} for k, v in given_values.items()]
    group, errors = read_draft({"logic": "OR", "members": members}, result_offers(FilterGroup()))
    assert errors == {}
    assert ResultFilters.from_dict(group.to_dict())


def test_groups_are_added_filled_in_and_removed() -> None:
    draft = draft_of(FilterGroup("AND", (Expression("confidence", ">=", ("5",)),)))
    draft = changed(draft, "", "nest")
    draft = changed(draft, "1", "add")
    assert [path for path, _ in walk(draft)] == ["", "0", "1", "1.0", "1.1"]
    fields = Fields(
        {"0": "confidence", "1.0": "cloud", "1.1": "quality"},
        {"0": "<"},
        {"0": "7"},
        {"": "OR", "1": "NOT AND"},
    )
    draft = filled(draft, fields)
    assert draft["members"][0] == {"key": "confidence", "operator": "<", "values": "7"}
    assert draft["members"][1]["logic"] == "NOT AND"
    assert draft["members"][1]["members"][1]["key"] == "quality"
    draft = changed(draft, "1.0", "remove")
    assert [node.get("key") for _, node in walk(draft)] == [None, "confidence", None, "quality"]
    assert [path for path, _ in walk(changed(draft, "1", "remove"))] == ["", "0"]


expressions = st.builds(
    Expression,
    st.sampled_from(["confidence", "derived.kp"]),
    st.sampled_from(["<", ">="]),
    st.integers(0, 99).map(lambda n: (str(n),)),
)
logicals = st.sampled_from(["AND", "OR"])
groups = st.recursive(
    st.builds(
        FilterGroup,
        logicals,
        st.lists(expressions, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    lambda inner: st.builds(
        FilterGroup,
        logicals,
        st.lists(expressions | inner, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    max_leaves=6,
)


def meets(member: dict, truth: dict[str, bool]) -> bool:
    """Logic with two values, over the API's form."""
    if "key" in member:
        return truth[str(member)]
    said = [meets(inner, truth) for inner in member["expressions"]]
    return {"AND": all(said), "OR": any(said), "NOT": not said[0]}[member["logical_operator"]]


def expected(member: Expression | FilterGroup, truth: dict[str, bool]) -> bool:
    """The same over the form's own groups."""
    if isinstance(member, Expression):
        return truth[str(member.to_dict())]
    said = [expected(inner, truth) for inner in member.expressions]
    joined = all(said) if member.logical_operator == "AND" else any(said)
    return joined != member.negated


@given(groups, st.randoms(use_true_random=False))
def test_groups_mean_the_same_on_every_way(group: FilterGroup, random) -> None:  # type: ignore[no-untyped-def]
    written = group.to_dict()
    truth = {str(leaf.to_dict()): random.random() < 0.5 for leaf in group.leaves}
    assert meets(written, truth) == expected(group, truth)
    again = filters_from_query(MetadataFilter.from_dict(written).to_dict())
    assert again.to_dict() == written
    from_dialog, errors = read_draft(draft_of(group), OFFERS)
    assert errors == {}
    assert from_dialog == group
