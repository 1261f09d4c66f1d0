"""Every message a translator is to see, collected from code and templates, and the catalogue written from them.

Django's own collector knows neither `phrase` and `counted` of the kernel nor the sentences of the checks, which are
data; this one knows all of them, and needs no program outside Python.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1]
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "phrase"}
_COUNTED = {"ngettext", "ngettext_lazy", "counted"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_IN_TEMPLATE = re.compile(r"\b(_|n?gettext|pgettext)\((.*?)\) ", re.DOTALL)
_HEAD = """# What Crosscut says. Written by `make messages`; a translation is a copy: <language>/LC_MESSAGES/django.po.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"
"""


@dataclass(frozen=True, kw_only=True, order=True)
class Message:
    """One entry of the catalogue."""

    text: str  # in English: the msgid
    plural: str = ""  # for other numbers than one
    context: str = ""  # what tells it from the same words elsewhere
    is_braced: bool = False  # names of values stand in braces, not behind a percent sign


def collect(package: Path = PACKAGE) -> dict[Message, list[str]]:
    """Every message with the files it stands in, both in order."""
    found: dict[tuple[str, str], tuple[Message, set[str]]] = {}
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html")]):
        if "tests" not in path.relative_to(package).parts:
            for message in messages_in(path.read_text(encoding="utf-8"), is_template=path.suffix == ".html"):
                known, places = found.get((message.text, message.context), (message, set()))
                # gettext looks messages up by these two alone: one that is counted elsewhere is the same entry.
                found[message.text, message.context] = (
                    max(known, message),
                    places | {path.relative_to(package).as_posix()},
                )
    return {message: sorted(places) for message, places in sorted(found.values(), key=lambda entry: entry[0])}


def messages_in(source: str, *, is_template: bool = False) -> Iterator[Message]:
    """The messages of one file, in the order they stand.

    >>> [message.text for message in messages_in('phrase("It lasts {found}.", found=1); print("Not this.")')]
    ['It lasts {found}.']
    >>> [message.text for message in messages_in('{% translate "Save" %} Not this.', is_template=True)]
    ['Save']
    """
    if is_template:
        calls = _IN_TEMPLATE.finditer(templatize(source) + " ")
        trees = [ast.parse(f"{call[1]}({call[2]})") for call in calls]
    else:
        trees = [ast.parse(source)]
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from _said(node)


def write(messages: dict[Message, list[str]]) -> str:
    """The catalogue's template as gettext's tools read it (GNU gettext 0.22, section 3, PO files)."""
    return _HEAD + "".join(_entry(message, places) for message, places in messages.items())


def _said(call: ast.Call) -> Iterator[Message]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    words = [word.value if isinstance(word, ast.Constant) and isinstance(word.value, str) else "" for word in call.args]
    if name in _SINGLE and words and words[0]:
        yield Message(text=words[0], is_braced=name == "phrase")
    elif name in _COUNTED and len(words) > 1 and words[0]:
        yield Message(text=words[0], plural=words[1], is_braced=name == "counted")
    elif name in _IN_CONTEXT and len(words) > 1 and words[1]:
        yield Message(text=words[1], context=words[0])
    elif name == "Sentence":
        yield from _sentence(
            {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
        )


def _sentence(parts: dict[str | None, object]) -> Iterator[Message]:
    yield Message(text=str(parts["message"]), plural=str(parts.get("plural", "")), is_braced=True)
    if repair := parts.get("repair"):
        yield Message(text=str(repair), is_braced=True)


def _entry(message: Message, places: list[str]) -> str:
    lines = [f"#: {place}" for place in places]
    if "{" in message.text and message.is_braced:
        lines.append("#, python-brace-format")
    elif "%" in message.text:
        lines.append("#, python-format")
    if message.context:
        lines.append(f"msgctxt {_quoted(message.context)}")
    lines.append(f"msgid {_quoted(message.text)}")
    lines += (
        [f"msgid_plural {_quoted(message.plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if message.plural else ['msgstr ""']
    )
    return "\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
