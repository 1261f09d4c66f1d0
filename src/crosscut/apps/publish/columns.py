"""The columns of a table of posts: which field each is about, whose layout it is, and what its cells say."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.specs.loading import read_data

FIELDS = (
    *("date", "time", "zone", "account", "type", "title", "text", "thread", "link", "tags", "media", "alt_text"),
    "campaign",
)
ORDERS = ("ymd", "dmy", "mdy")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")


def field_of(column: str) -> str:
    """The field that a column is about, by the names that known layouts give it; empty for none.

    >>> [field_of(name) for name in ("Posting Time", "Media URL(s) - Separated by comma", "CTA")]
    ['date', 'media', '']
    """
    plain = _plain(column)
    return next((field for field, names in read_data("post_tables")["fields"].items() if plain in names), "")


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """Each column with its field; of two that are about the same, the first has it."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for column in columns:
        field = field_of(column)
        found[column] = "" if field in taken else field
        taken.add(field)
    return found


def layout_of(columns: Iterable[str]) -> str:
    """Whose layout has these columns, by the ones that tell it from others; empty for none that is known.

    >>> layout_of(["Text", "Image URL", "Tags", "Posting Time"])
    'Buffer'
    """
    plain = {_plain(column) for column in columns}
    layouts = read_data("post_tables")["layouts"]
    return next((one["name"] for one in layouts if set(one["told_by"]) <= plain), "")


def order_in(dates: Iterable[str]) -> str:
    """In which order the dates are written, where any of them tells; empty where all could be read both ways.

    >>> order_in(["03/04/2030", "25/04/2030"]), order_in(["03/04/2030"]), order_in(["2030-04-03"])
    ('dmy', '', 'ymd')
    """
    found = [match for text in dates if (match := _DAY.search(text))]
    if any(int(match[1]) > 31 for match in found):
        return "ymd"
    if any(int(match[1]) > 12 for match in found):
        return "dmy"
    if any(int(match[2]) > 12 for match in found):
        return "mdy"
    return "" if found else "ymd"


def wall_time(values: Mapping[str, str], order: str) -> datetime | None:
    """The date and time of a row as clocks show it, naive; None where it gives no date.

    Raises Invalid for a date that is none, that could be read both ways, or that has no time.
    """
    day, clock = values.get("date", "").strip(), values.get("time", "").strip()
    if not day:
        return None
    found, at = _DAY.search(day), _CLOCK.search(clock or _DAY.sub("", day))
    if found is None:
        raise Invalid.at("date", phrase("“{text}” is no date. Write it as 2030-04-03 09:00.", text=day))
    if at is None:
        raise Invalid.at("date", phrase("“{text}” has no time. Write it as 2030-04-03 09:00.", text=day))
    year, month, number = _parts(found, order, day)
    hour = int(at[1]) % 12 + (12 if at[3].lower().startswith("p") else 0) if at[3] else int(at[1])
    try:
        return datetime(year, month, number, hour, int(at[2]))  # noqa: DTZ001 - a wall-clock time has no zone
    except ValueError:
        raise Invalid.at("date", phrase("There is no {text}.", text=f"{day} {clock}".strip())) from None


def listed(text: str) -> list[str]:
    """What stands in one cell between commas, semicolons, bars or lines.

    >>> listed("reef.jpg, old-town.jpg")
    ['reef.jpg', 'old-town.jpg']
    """
    return [part.strip() for part in re.split(r"[,;|\n]+", text) if part.strip()]


def joined_parts(texts: Iterable[str]) -> str:
    """The parts of a thread after the first, in one cell: a line of three dashes stands between them.

    >>> joined_parts(["The other half.", "Read on."])
    'The other half.\\n---\\nRead on.'
    """
    return "\n---\n".join(texts)


def parts_in(text: str) -> list[str]:
    """The same taken apart again.

    >>> parts_in("The other half.\\n---\\nRead on."), parts_in("")
    (['The other half.', 'Read on.'], [])
    """
    parts = (
        [part.strip() for part in re.split(r"^[ \t]*-{3,}[ \t]*$", text, flags=re.MULTILINE)] if text.strip() else []
    )
    return [part for part in parts if part]


def of_part(name: str, part: int) -> str:
    """A file's name with the part of a thread it goes with, where that is not the first.

    >>> of_part("reef.jpg", 1), of_part("reef.jpg", 2)
    ('reef.jpg', '2: reef.jpg')
    """
    return name if part == 1 else f"{part}: {name}"


def named_part(text: str) -> tuple[str, int]:
    """The same taken apart again.

    >>> named_part("2: reef.jpg"), named_part("https://reef.example/1.jpg")
    (('reef.jpg', 2), ('https://reef.example/1.jpg', 1))
    """
    found = re.fullmatch(r"(\d{1,3}):\s*(\S.*)", text)
    return (found[2], int(found[1])) if found else (text, 1)


def _parts(found: re.Match[str], order: str, text: str) -> tuple[int, int, int]:
    first, second, third = (int(part) for part in found.groups())
    if first > 31:
        return first, second, third
    if order not in ("dmy", "mdy"):
        raise Invalid.at(
            "date",
            phrase("“{text}” can be read both ways. Say whether the day or the month comes first.", text=text),
            code="import.date_order",
        )
    year = third if third > 99 else 2000 + third
    return (year, second, first) if order == "dmy" else (year, first, second)


def _plain(column: str) -> str:
    """The column's name without case, signs and explanations: “Media URL(s) - Separated by comma” is “media url”."""
    name = re.split(r"\s[-–(]", column.strip().casefold())[0]
    return " ".join(re.sub(r"\(s\)|[^a-z0-9]+", " ", name).split())
