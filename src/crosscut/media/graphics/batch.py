"""Runs a table through a template: in portions, resumable, one bad row never stopping the rest."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Cancelled, CrosscutError, Invalid, NotFound
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.kernel.records import as_data, digest, from_data
from crosscut.media import capped
from crosscut.media.graphics.records import ANY_LOGO, MAKER, Batch, Graphic, Layout, LogoRule, Order, Row, Slot

PORTION = 8  # rows per child: starting one costs as much as two small pictures
DIARY = "graphics.json"
SHEET = "contact-sheet.jpg"
FONTS = ("*.ttf", "*.otf")


def make_all(
    template: Path,
    table: Path,
    out: Path,
    *,
    logo: LogoRule = ANY_LOGO,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> Batch:
    """Every row of the table in every layout of the template, as PNG files in `out`, with a contact sheet.

    `logo` is what is asked of the logo: of what a slot called "logo" shows, and of all with `data-logo="true"`.

    The template is an SVG file, or a folder with one per layout; fonts lie in `fonts/` beside it. Rows made before from
    the same template and cells are kept. Raises Invalid or Damaged for a template or table that cannot be used, and
    Cancelled: then what is finished stays, and the next call goes on from there.
    """
    layouts, fonts = _layouts(template), _fonts(template)
    rows = capped.call("graphics.table:read", list[Row], path=table)
    out.mkdir(parents=True, exist_ok=True)
    base = digest([MAKER, _digest_of([layout.path for layout in layouts] + fonts), as_data(logo)])
    names = {row.number: digest([base, dict(row.cells), _pictures(row, table.parent)]) for row in rows}
    diary = _read_diary(out)
    done = {row.number: diary[names[row.number]] for row in rows if _is_kept(diary.get(names[row.number]), out)}
    kept = sum(len(graphics) for graphics in done.values())
    waiting = [row for row in rows if row.number not in done]
    order = Order(layouts=tuple(layouts), fonts=tuple(fonts), pictures=table.parent, rows=(), out=out, logo=logo)
    for start in range(0, len(waiting), PORTION):
        report(Progress(done=Fraction(len(done), len(rows)), label=f"Row {waiting[start].number} of {len(rows)}"))
        for row, graphics in _portion(order, waiting[start : start + PORTION], should_stop):
            done[row.number] = diary[names[row.number]] = graphics
        _write_diary(out, {names[row.number]: done[row.number] for row in rows if row.number in done})
    graphics = tuple(graphic for row in rows for graphic in done[row.number])
    _sheet(out, graphics, should_stop)
    report(Progress(done=Fraction(1), label="Done"))
    return Batch(graphics=graphics, kept=kept, sheet=SHEET if any(made.file for made in graphics) else "")


def slots_of(drawing: Path) -> list[Slot]:
    """The named places of an SVG drawing, each once, in the order of the drawing. Raises Invalid or Damaged."""
    return capped.call("graphics.filling:slots", list[Slot], path=drawing)


def _portion(order: Order, rows: Sequence[Row], should_stop: ShouldStop) -> Iterator[tuple[Row, tuple[Graphic, ...]]]:
    """The rows with what came of each. When a portion fails as a whole, each row gets a child of its own."""
    wanted = replace(order, rows=tuple(rows))
    try:
        made = capped.call(
            "graphics.drawing:make", list[Graphic], should_stop=should_stop, path=order.layouts[0].path, order=wanted
        )
    except Cancelled:
        raise
    except CrosscutError as error:
        if len(rows) > 1:
            for row in rows:
                yield from _portion(order, [row], should_stop)
            return
        made = [_failed(rows[0], layout, str(error.args[0])) for layout in order.layouts]
    for row in rows:
        yield row, tuple(graphic for graphic in made if graphic.row == row.number)


def _failed(row: Row, layout: Layout, why: str) -> Graphic:
    finding = Finding(
        code="graphics.row_failed",
        level=Level.BLOCK,
        message=phrase("This row could not be made: {why}", why=why),
        where=f"row {row.number} · {layout.name}",
    )
    return Graphic(row=row.number, layout=layout.name, findings=(finding,))


def _layouts(template: Path) -> list[Layout]:
    if not template.exists():
        raise NotFound(phrase("There is no template {template}.", template=template))
    files = sorted(template.glob("*.svg")) if template.is_dir() else [template]
    if not files:
        raise Invalid.at("template", phrase("{name} holds no drawing: add at least one .svg file.", name=template.name))
    return [Layout(name=file.stem, path=file.resolve()) for file in files]


def _fonts(template: Path) -> list[Path]:
    folder = (template if template.is_dir() else template.parent) / "fonts"
    return sorted(file.resolve() for pattern in FONTS for file in folder.glob(pattern))


def _pictures(row: Row, folder: Path) -> list[str]:
    """What the cells' files are now, so that an exchanged picture is made anew."""
    files = (folder / cell for cell in row.cells.values() if cell and len(cell) < 200 and "\n" not in cell)
    return [_digest_of([file]) for file in files if file.is_file()]


def _digest_of(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def _is_kept(graphics: tuple[Graphic, ...] | None, out: Path) -> bool:
    return graphics is not None and all(not graphic.file or (out / graphic.file).is_file() for graphic in graphics)


def _read_diary(out: Path) -> dict[str, tuple[Graphic, ...]]:
    """What earlier calls finished; nothing where there is no readable diary: then all is made anew."""
    try:
        return from_data(dict[str, tuple[Graphic, ...]], json.loads((out / DIARY).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_diary(out: Path, done: dict[str, tuple[Graphic, ...]]) -> None:
    data = {name: [as_data(graphic) for graphic in graphics] for name, graphics in done.items()}
    half_done = out / f".{DIARY}"
    half_done.write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")
    half_done.replace(out / DIARY)


def _sheet(out: Path, graphics: Sequence[Graphic], should_stop: ShouldStop) -> None:
    files = [out / graphic.file for graphic in graphics if graphic.file]
    if files:
        blocked = [graphic.is_blocked for graphic in graphics if graphic.file]
        capped.call(
            "graphics.drawing:sheet", int, should_stop=should_stop, path=out / SHEET, files=files, blocked=blocked
        )
