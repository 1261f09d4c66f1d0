"""Sentences that can still be said in another language by whoever shows them.

Who finds a fault does not know who will read of it: the sentence is made in English, as a `Phrase`, and keeps the
template and the values it was made of. Pages, API and command line say it in the reader's language with `spoken`.
Catalogues go by the templates: `make messages` collects what stands in calls of `phrase` and `counted`.
"""

import re
from collections.abc import Mapping
from numbers import Integral
from string import Formatter
from typing import Any, Protocol

_PLAIN = re.compile(r"(?:[^{}]|\{\{|\}\}|\{[a-z_0-9]{1,40}(?:![rs])?(?::,?(?:\.\d)?[a-z%]?)?\})*")
_DEPTH = 4  # of phrases in phrases


class Translator(Protocol):
    """Python's `gettext.NullTranslations` and Django's `django.utils.translation` are such."""

    def gettext(self, message: str, /) -> str:
        """The message in the reader's language; itself where nobody translated it."""
        ...

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """The form of the message that goes with the number."""
        ...


class Phrase(str):
    """An English text that remembers its template and values. It is a plain text to everybody else."""

    template: str  # with names of values in braces: "The limit is {limit:,}."
    plural: str  # the template for other numbers than one; empty where nothing is counted
    number: int  # what is counted
    values: Mapping[str, Any]  # a value may be a Phrase itself: a unit, a day, a list

    def __new__(
        cls, template: str, plural: str = "", number: int = 1, values: Mapping[str, Any] | None = None
    ) -> "Phrase":
        """The text made of the template, or of the plural where the number is not one.

        Raises KeyError for a missing value.
        """
        known = dict(values or {})
        made = super().__new__(cls, (plural if plural and number != 1 else template).format_map(known))
        made.template, made.plural, made.number, made.values = template, plural, number, known
        return made

    def __getnewargs__(self) -> tuple[str, str, int, dict[str, Any]]:  # type: ignore[override]
        return self.template, self.plural, self.number, dict(self.values)


def phrase(template: str, /, **values: Any) -> Phrase:
    """The sentence with its values.

    >>> phrase("{place} takes {limit:,}.", place="Bluesky", limit=3000)
    'Bluesky takes 3,000.'
    """
    return Phrase(template, values=values)


def counted(one: str, many: str, number: int, /, **values: Any) -> Phrase:
    """The sentence in the form that goes with the number, which templates call `n`.

    >>> counted("{n} day", "{n} days", 1), counted("{n} day", "{n} days", 3)
    ('1 day', '3 days')
    """
    return Phrase(one, many, number, {"n": number, **values})


def spoken(text: str, translator: Translator) -> str:
    """The text in the translator's language: a Phrase said anew, any other text as it is.

    A translation whose names in braces are not the template's is not used: a reader gets English and no fault.
    """
    if not isinstance(text, Phrase) or not text.template:
        return text
    values = {
        name: spoken(value, translator) if isinstance(value, str) else value for name, value in text.values.items()
    }
    if text.plural:
        template = translator.ngettext(text.template, text.plural, text.number)
    else:
        template = translator.gettext(text.template)
    is_sound = names_in(template) <= values.keys()
    return template.format_map(values) if is_sound else str(text)


def packed(text: str) -> Any:
    """The text as JSON data, for another process; a Phrase keeps its template.

    >>> packed(phrase("At most {n}.", n=3))
    {'template': 'At most {n}.', 'plural': '', 'number': 1, 'values': {'n': 3}}
    """
    if not isinstance(text, Phrase):
        return str(text)
    values = {name: _packed_value(value) for name, value in text.values.items()}
    return {"template": text.template, "plural": text.plural, "number": text.number, "values": values}


def _packed_value(value: Any) -> Any:
    if isinstance(value, Phrase):
        return packed(value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)  # numpy's too, which JSON does not know
    return value if isinstance(value, str | float | bool | None) else str(value)


def unpacked(data: Any, depth: int = _DEPTH) -> str:
    """The text that `packed` made the data from. The data may come from a process that is not to be trusted.

    Raises ValueError, KeyError or TypeError for what `packed` never makes, such as a template that asks for what is
    inside a value.
    """
    if isinstance(data, str):
        return data
    if not isinstance(data, dict) or not isinstance(data.get("values"), dict) or depth == 0:
        raise ValueError("This is no packed text.")
    templates = (str(data["template"]), str(data["plural"]))
    if not all(_PLAIN.fullmatch(template) for template in templates):
        raise ValueError("This is no template of ours.")
    values = {
        str(name): unpacked(value, depth - 1) if isinstance(value, str | dict) else value
        for name, value in data["values"].items()
    }
    return Phrase(*templates, int(data["number"]), values)


def names_in(template: str) -> frozenset[str]:
    """The names in braces.

    >>> sorted(names_in("{used:,} of {limit}"))
    ['limit', 'used']
    """
    try:
        return frozenset(name for _text, name, _form, _conversion in Formatter().parse(template) if name is not None)
    except ValueError:
        return frozenset({"{"})  # no value has this name: a template with a single brace fits no values
