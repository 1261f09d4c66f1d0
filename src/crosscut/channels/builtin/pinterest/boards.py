"""The boards of an account: which there are, and which one a Pin is meant for."""

from collections.abc import Mapping
from typing import Any

from crosscut.channels.builtin.pinterest.api import Api
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_MOST_NAMED = 30  # in a sentence


def public_boards(api: Api) -> dict[str, str]:
    """Names of the boards that everybody sees, and Pinterest's numbers for them; boards of friends among them."""
    too_many = phrase("This account has more boards than can be looked through. Name the board by its number.")
    rows = (row for page in api.pages("/boards", too_many=too_many, privacy="PUBLIC") for row in page)
    return {str(row["name"]): str(row["id"]) for row in rows}


def board_for(api: Api, extra: Mapping[str, Any], usual: str) -> str:
    """Pinterest's number for the board of a post. Raises Rejected with those there are where that is none of them."""
    wanted = str(extra.get("board") or usual).strip()
    boards = public_boards(api)
    if not wanted and len(boards) == 1:
        return next(iter(boards.values()))
    fitting = {number for name, number in boards.items() if wanted in (name, number)} or {
        number for name, number in boards.items() if name.casefold() == wanted.casefold()
    }
    if len(fitting) == 1:
        return fitting.pop()
    raise Rejected(_which(wanted, boards))


def _which(wanted: str, boards: Mapping[str, str]) -> str:
    names = ", ".join(f"“{name}”" for name in list(boards)[:_MOST_NAMED])
    if not boards:
        return phrase("This account has no board that everybody sees. Make one on Pinterest.")
    if not wanted:
        return phrase("Choose the board this Pin belongs on. There are: {names}.", names=names)
    return phrase("There is no one public board called “{wanted}”. There are: {names}.", wanted=wanted, names=names)
