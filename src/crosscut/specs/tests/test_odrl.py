"""Licences as ODRL policies: what is written comes back, and no limit is passed over."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.errors import Invalid
from crosscut.specs import Edits, Licence
from crosscut.specs.rights.odrl import CONTEXT, from_odrl, to_odrl

DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=30)
LICENCES = st.builds(
    Licence,
    holder=WORDS,
    terms=WORDS,
    territories=st.lists(st.sampled_from(["DE", "KE", "EU"]), unique=True).map(tuple),
    channels=st.lists(st.sampled_from(["site", "bluesky"]), unique=True).map(tuple),
    uses=st.lists(st.sampled_from(["organic", "paid", "press"]), unique=True).map(tuple),
    starts_on=DAYS,
    ends_on=DAYS,
    right=st.sampled_from(["", "sync", "master"]),
    edits=st.sampled_from(list(Edits)),
    credit_line=st.just("") | WORDS,
)


@settings(deadline=None)
@given(st.lists(LICENCES, min_size=1, max_size=3))
def test_what_is_written_comes_back(licences):
    policy = json.loads(json.dumps(to_odrl(licences, target="asset:7")))
    assert from_odrl(policy) == tuple(licences)
    assert policy["@context"][0] == CONTEXT


def test_it_reads_a_policy_as_others_write_it():
    policy = {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": "http://example.com/policy:1",
        "permission": [
            {
                "target": "http://example.com/photo:1",
                "assigner": {"uid": "http://example.com/agency"},
                "action": "display",
                "constraint": {
                    "leftOperand": "dateTime",
                    "operator": "lteq",
                    "rightOperand": {"@value": "2027-05-03", "@type": "xsd:date"},
                },
                "duty": {"action": "attribute"},
            }
        ],
    }
    (licence,) = from_odrl(policy)
    assert (licence.holder, licence.ends_on, licence.edits) == (
        "http://example.com/agency",
        date(2027, 5, 3),
        Edits.NONE,
    )
    assert licence.credit_line == "http://example.com/agency"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"prohibition": [{"action": "sell"}]}, "prohibition"),
        ({"obligation": [{"action": "compensate"}]}, "obligation"),
        ({"permission": []}, "permission"),
        ({"permission": ["all"]}, "permission[0]"),
        ({"permission": [{"action": "display", "assignee": "Ben"}]}, "permission[0]"),
        ({"permission": [{"action": "print"}]}, "permission[0].action"),
        ({"permission": [{"action": ["display", "sell"]}]}, "permission[0].action"),
        ({"permission": [{"action": [{"rdf:value": "display"}]}]}, "permission[0].action"),
        ({"permission": [{"action": "display", "duty": [{"action": "compensate"}]}]}, "permission[0].duty"),
    ],
)
def test_what_no_licence_can_hold_is_refused_by_name(change, where):
    with pytest.raises(Invalid) as refused:
        from_odrl(change)
    assert refused.value.problems[0].where == where


@pytest.mark.parametrize(
    "constraint",
    [
        {"leftOperand": "count", "operator": "lteq", "rightOperand": 3},
        {"leftOperand": "spatial", "operator": "isNoneOf", "rightOperand": ["US"]},
        {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "soon"},
        {"leftOperand": "dateTime", "operator": "eq", "rightOperand": "2027-01-01"},
        "never",
    ],
)
def test_no_limit_is_passed_over(constraint):
    with pytest.raises(Invalid) as refused:
        from_odrl({"permission": [{"action": "display", "constraint": [constraint]}]})
    assert refused.value.problems[0].where == "permission[0].constraint[0]"


def test_a_limit_said_twice_is_refused():
    twice = [{"leftOperand": "spatial", "operator": "isAnyOf", "rightOperand": [code]} for code in ("DE", "KE")]
    with pytest.raises(Invalid, match="twice"):
        from_odrl({"permission": [{"action": "display", "constraint": twice}]})
