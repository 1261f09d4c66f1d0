"""Begin a channel: a whole, working copy of the practice network's folder under a new name, for you to change.

usage: scripts/channel.py NAME [FOLDER]        FOLDER is where channels live; ours unless you say so
"""

import re
import sys
from pathlib import Path

BUILT_IN = Path(__file__).parents[1] / "src" / "crosscut" / "channels" / "builtin"
PATTERN = "practice"
NEXT = """{folder} is a channel now, a copy of the practice network that works as it is. Next:
  1. __init__.py   its name, its platform in the specifications, its post types
  2. settings.py   what an account needs; adapter.py speaks to the place
  3. tests/harness.py starts the other side; server.py, store.py and their like go once it starts the real one
  4. pytest src/crosscut/channels/tests/test_contract.py -k {name}"""


def renamed(text: str, name: str) -> str:
    """The text with the pattern's own names turned into the new channel's. The platform stays until you choose one.

    >>> renamed('slug="practice", platform="practice", adapter="builtin.practice.adapter:PracticeAdapter"', "my_net")
    'slug="my_net", platform="practice", adapter="builtin.my_net.adapter:MyNetAdapter"'
    """
    class_name = "".join(part.capitalize() for part in name.split("_"))
    text = text.replace(f"builtin.{PATTERN}", f"builtin.{name}").replace(f'slug="{PATTERN}"', f'slug="{name}"')
    text = text.replace(f'"{PATTERN}.', f'"{name}.').replace(f"{PATTERN}_app", f"{name}_app")
    text = text.replace('name="Practice network"', f'name="{name.replace("_", " ").capitalize()}"')
    return re.sub(r"\bPractice(?=[A-Z])", class_name, text)


def begin(name: str, folder: Path) -> Path:
    """Make the new channel's folder; what comes back is where it is. Raises ValueError with what is wrong."""
    target = folder / name
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name):
        raise ValueError(f"{name!r} cannot name a channel: 2 to 31 of a-z, 0-9 and _, a letter first.")
    if target.exists():
        raise ValueError(f"There is a channel called {name} already: {target}.")
    for source in sorted((BUILT_IN / PATTERN).rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            copy = target / source.relative_to(BUILT_IN / PATTERN)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(renamed(source.read_text(), name))
    return target


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit("Say what to call it: make channel NAME=example")
    try:
        made = begin(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) == 3 else BUILT_IN)
    except ValueError as error:
        sys.exit(str(error))
    print(NEXT.format(folder=made, name=sys.argv[1]))
