"""What goes wrong is said in the reader's language: an error's sentence is a phrase, never a plain text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscut.kernel import errors

CROSSCUT = Path(__file__).parents[2] / "src" / "crosscut"
ERRORS = {"Problem"} | {
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.CrosscutError)
}
# The practice network is an outside place: what it answers to programs is in English, as elsewhere.
ANOTHER_PLACE = {
    f"channels/builtin/practice/{name}.py" for name in ("api", "faults", "limits", "pages", "server", "store", "web")
}
APPS = ("accounts", "work", "plan", "library", "produce", "preflight", "publish", "readers", "measure", "report")
SPOKEN = (*(f"apps/{app}" for app in APPS), "channels", "specs", "media")


def plain_messages(tree: ast.AST) -> Iterator[int]:
    """The lines at which an error is given a sentence that cannot be said in another language."""
    named = _plain_names(tree)
    for call in ast.walk(tree):
        for message in _messages(call) if isinstance(call, ast.Call) else ():
            if any(_is_plain(part) or (isinstance(part, ast.Name) and part.id in named) for part in _choices(message)):
                yield call.lineno


def _plain_names(tree: ast.AST) -> set[str]:
    """Names that are given a plain sentence somewhere in the file."""
    given = (node for node in ast.walk(tree) if isinstance(node, ast.Assign))
    return {
        target.id
        for node in given
        if any(_is_plain(part) for part in _choices(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _messages(call: ast.Call) -> Iterator[ast.expr]:
    name, place = _error_and_place(call)
    if name not in ERRORS:
        return
    yield from call.args[place : place + 1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "message")


def _error_and_place(call: ast.Call) -> tuple[str, int]:
    """Which error is made, and which of its arguments is the message."""
    match call.func:
        case ast.Name(id="Damaged"):
            return "Damaged", 1
        case ast.Name(id=name):
            return name, 0
        case ast.Attribute(value=ast.Name(id=name), attr="at"):
            return name, 1
        case _:
            return "", 0


def _choices(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from (*_choices(value.body), *_choices(value.orelse))
    elif isinstance(value, ast.BoolOp):
        yield from (choice for part in value.values for choice in _choices(part))
    else:
        yield value


def _is_plain(value: ast.expr) -> bool:
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and " " in str(part.value) for part in value.values)
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value


@pytest.mark.parametrize("package", SPOKEN)
def test_errors_can_be_said_in_every_language(package: str):
    plain = [
        f"{path.relative_to(CROSSCUT)}:{line}"
        for path in sorted((CROSSCUT / package).rglob("*.py"))
        if "tests" not in path.parts and str(path.relative_to(CROSSCUT)) not in ANOTHER_PLACE
        for line in plain_messages(ast.parse(path.read_text()))
    ]
    assert plain == []


@pytest.mark.parametrize(
    "plain",
    [
        'raise Invalid("Say why.")',
        'raise NotFound(f"There is no {name}.")',
        'raise Invalid.at("name", "Say why.")',
        'raise Damaged(path, "It is cut off.")',
        'Problem(code="x", message="Say why.")',
        'raise Conflict("It is gone." if gone else phrase("It is there."))',
        'message = f"It is {state} now."\nraise Conflict(message)',
    ],
)
def test_the_check_sees_plain_sentences(plain: str):
    assert list(plain_messages(ast.parse(plain)))


@pytest.mark.parametrize(
    "sound", ['raise Invalid(phrase("Say why."))', "raise Conflict(str(error))", 'raise NotFound(_("There is none."))']
)
def test_the_check_lets_sentences_for_every_language_through(sound: str):
    assert not list(plain_messages(ast.parse(sound)))
