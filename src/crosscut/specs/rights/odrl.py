"""Licences as policies in the Open Digital Rights Language, which other systems read and write.

W3C, "ODRL Information Model 2.2" and "ODRL Vocabulary & Expression 2.2", Recommendations of 15 February 2018,
https://www.w3.org/TR/odrl-model/ and https://www.w3.org/TR/odrl-vocab/. One licence is one permission. What a policy
says beyond what our licences can hold is refused by name: a limit that is passed over in silence would be a permission
nobody gave.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.specs.rights.records import Edits, Licence

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
SHOWING = ("distribute", "display", "play")  # what every licence allows: to be published
_CHANGING = {Edits.NONE: (), Edits.CROP: ("modify",), Edits.ANY: ("modify", "derive")}
_LISTS = {"spatial": "territories", "deliveryChannel": "channels", "purpose": "uses"}
_LIST_OPERATORS = ("isAnyOf", "eq")
_KNOWN_KEYS = frozenset({"target", "assigner", "action", "constraint", "duty", "uid", "dc:title", "dc:type"})


def to_odrl(licences: Sequence[Licence], *, target: str) -> dict[str, Any]:
    """The licences as one policy about `target`, an address or name of the asset, ready to be written as JSON-LD."""
    return {
        "@context": [CONTEXT, {"dc": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#"}],
        "@type": "Set",
        "uid": f"{target}#policy",
        "permission": [_permission(licence, target) for licence in licences],
    }


def from_odrl(policy: Mapping[str, Any]) -> tuple[Licence, ...]:
    """The licences that a policy grants, in its order. Raises Invalid naming what they cannot hold."""
    for rule in ("prohibition", "obligation"):
        if policy.get(rule):
            raise _beyond(rule, phrase("Only permissions can be taken over: write what is allowed instead."))
    permissions = _listed(policy.get("permission"))
    if not permissions:
        raise _beyond("permission", phrase("The policy permits nothing."))
    return tuple(_licence(found, f"permission[{number}]") for number, found in enumerate(permissions))


def _permission(licence: Licence, target: str) -> dict[str, Any]:
    constraints: list[dict[str, Any]] = [
        {"leftOperand": operand, "operator": "isAnyOf", "rightOperand": list(getattr(licence, name))}
        for operand, name in _LISTS.items()
        if getattr(licence, name)
    ]
    for operator, day in (("gteq", licence.starts_on), ("lteq", licence.ends_on)):
        if day:
            moment = {"@value": day.isoformat(), "@type": "xsd:date"}
            constraints.append({"leftOperand": "dateTime", "operator": operator, "rightOperand": moment})
    made: dict[str, Any] = {
        "target": target,
        "assigner": licence.holder,
        "dc:title": licence.terms,
        "action": [*SHOWING, *_CHANGING[licence.edits]],
    }
    if licence.right:
        made["dc:type"] = licence.right
    if constraints:
        made["constraint"] = constraints
    if licence.credit_line and licence.is_credit_required:
        made["duty"] = [{"action": "attribute", "dc:title": licence.credit_line}]
    return made


def _licence(found: Any, where: str) -> Licence:
    if not isinstance(found, Mapping):
        raise _beyond(where, phrase("A permission is an object."))
    if beyond := sorted(set(found) - _KNOWN_KEYS):
        raise _beyond(where, phrase("It says {names}, which no licence here can hold.", names=", ".join(beyond)))
    fields: dict[str, Any] = {}
    for number, constraint in enumerate(_listed(found.get("constraint"))):
        fields |= _constraint(constraint, f"{where}.constraint[{number}]", fields)
    holder = _name(found.get("assigner"))
    return Licence(
        holder=holder,
        terms=str(found.get("dc:title") or "ODRL"),
        right=str(found.get("dc:type", "")),
        edits=_edits(found.get("action"), f"{where}.action"),
        credit_line=_credit(found.get("duty"), f"{where}.duty", holder),
        **fields,
    )


def _constraint(found: Any, where: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """The field of a licence that a constraint fills."""
    if not isinstance(found, Mapping):
        raise _beyond(where, phrase("A constraint is an object."))
    operand, operator, right = (found.get(key) for key in ("leftOperand", "operator", "rightOperand"))
    if operand in _LISTS and operator in _LIST_OPERATORS:
        made: dict[str, Any] = {_LISTS[operand]: tuple(str(value) for value in _listed(right))}
    elif operand == "dateTime" and operator in ("gteq", "lteq"):
        made = {"starts_on" if operator == "gteq" else "ends_on": _day(right, where)}
    else:
        said = f"{operand} {operator}"
        raise _beyond(where, phrase("“{said}” is a limit that no licence here can hold.", said=said))
    if set(made) & set(before):
        raise _beyond(where, phrase("This is limited twice; write one limit."))
    return made


def _edits(actions: Any, where: str) -> Edits:
    names = set()
    for action in _listed(actions):
        if not isinstance(action, str):
            raise _beyond(where, phrase("Name the actions without refinements."))
        names.add(action.removeprefix("odrl:"))
    if "use" in names:  # the vocabulary's word for all uses
        return Edits.ANY
    if not names & set(SHOWING):
        raise _beyond(where, phrase("It does not allow to publish: that is {actions}.", actions=", ".join(SHOWING)))
    if beyond := sorted(names - {*SHOWING, "present", "reproduce", "modify", "derive"}):
        raise _beyond(where, phrase("It says {names}, which no licence here can hold.", names=", ".join(beyond)))
    if "derive" in names:
        return Edits.ANY
    return Edits.CROP if "modify" in names else Edits.NONE


def _credit(duties: Any, where: str, holder: str) -> str:
    """The words that a duty to attribute asks for; the holder's name where it gives none."""
    line = ""
    for duty in _listed(duties):
        if not isinstance(duty, Mapping) or _listed(duty.get("action")) != ["attribute"]:
            raise _beyond(where, phrase("The only duty a licence here can hold is to attribute."))
        line = str(duty.get("dc:title") or holder)
    return line


def _name(party: Any) -> str:
    """A party by its name or address; empty where none is given."""
    return str(party.get("uid", "") if isinstance(party, Mapping) else party or "")


def _day(value: Any, where: str) -> date:
    text = value.get("@value") if isinstance(value, Mapping) else value
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise _beyond(where, phrase("“{text}” is no day such as 2027-05-03.", text=str(text))) from None


def _listed(value: Any) -> list[Any]:
    """One or several, as JSON-LD writes both."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _beyond(where: str, message: str) -> Invalid:
    return Invalid.at(where, message, code="odrl.beyond")
