"""How long a function and a file may be, and which names say nothing. There is no list of exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_FUNCTION_LINES = 60
LONGEST_FILE_LINES = 600
LONGEST_SCRIPT_LINES = 60
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers"}


def sources() -> list[Path]:
    """Every Python file of ours."""
    return sorted(
        path
        for folder in ("src", "tests", "scripts", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and "node_modules" not in path.parts
    )


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The name and the length in lines of each function in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_too_long():
    long = [
        f"{path.relative_to(ROOT)}: {name} has {lines} lines"
        for path in sources()
        for name, lines in functions(path)
        if lines > LONGEST_FUNCTION_LINES
    ]
    assert long == []


def test_no_file_is_too_long():
    pages = [
        path
        for suffix in ("ts", "scss", "html")
        for folder in ("frontend", "src")
        for path in (ROOT / folder).rglob(f"*.{suffix}")
    ]
    counted = {path: len(path.read_text().splitlines()) for path in [*sources(), *pages] if "build" not in path.parts}
    assert {str(path.relative_to(ROOT)): lines for path, lines in counted.items() if lines > LONGEST_FILE_LINES} == {}


def test_no_script_is_too_long():
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    assert [path.name for path in scripts if len(path.read_text().splitlines()) >= LONGEST_SCRIPT_LINES] == []


def test_names_say_what_a_thing_is():
    assert [
        str(path.relative_to(ROOT)) for path in sources() if NAMES_THAT_SAY_NOTHING & {*path.parts, path.stem}
    ] == []


def test_every_module_says_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src" / "crosscut").rglob("*.py")
        if path.name != "apps.py"  # Django's own form, one class with a docstring
        and not {"migrations", "tests"} & set(path.parts)
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
