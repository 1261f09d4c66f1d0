"""All posts as a table, which the import of posts can read."""

import csv
import io
from collections.abc import Iterator

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.services.sheets import safe
from crosscut.apps.publish.columns import joined_parts, of_part
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import Wanted, wanted_targets
from crosscut.apps.publish.showing import shown_content

HEAD = (
    *(
        "Date",
        "Time zone",
        "Account",
        "Type",
        "Title",
        "Text",
        "Thread",
        "Link",
        "Tags",
        "Media",
        "Alt text",
        "Campaign",
    ),
    *("State", "Address"),
)
_AT_ONCE = 500


def as_csv(by: Member, wanted: Wanted | None = None) -> Iterator[bytes]:
    """The posts as CSV, piece by piece, with a mark that tells spreadsheets it is UTF-8; the earliest due first."""
    yield "\ufeff".encode()
    yield _written(HEAD)
    rows = wanted_targets(by, wanted or Wanted()).select_related("edition").order_by("due_at", "id")
    for target in rows.iterator(_AT_ONCE):
        yield _written(tuple(safe(cell) for cell in _cells(target)))


def _cells(target: Target) -> tuple[str, ...]:
    shown, texts = shown_content(target), _texts(target)
    media = [
        *((1, one) for one in shown["media"]),
        *((part.number, one) for part in shown["further"] for one in part.media),
    ]
    return (
        target.wall_time[:16].replace("T", " "),
        target.zone,
        target.account.name,
        target.post_type,
        shown["title"] or target.piece.title,
        texts[0],
        joined_parts(texts[1:]),
        shown["link"],
        ", ".join(shown["tags"]),
        ", ".join(of_part(one.url.strip("/").rpartition("/")[2], part) for part, one in media),
        " || ".join(one.alt_text for _part, one in media),
        target.piece.campaign.name if target.piece.campaign else "",
        target.state,
        target.url,
    )


def _texts(target: Target) -> list[str]:
    """The words of each part as they were written, without numbers: the import asks for these."""
    content, slug = target.edition.content, target.account.channel
    outlet = content["outlets"].get(slug, {})
    return [outlet.get("text", content["text"]), *(part["text"] for part in outlet.get("further", ()))]


def _written(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
