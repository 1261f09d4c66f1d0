"""Named regions in pictures: who stands where, as Lightroom, digiKam, Picasa and Windows write it into XMP."""

from collections.abc import Iterator, Mapping

from crosscut.media.inside.xmp import Node
from crosscut.media.metadata import Face

_MOST = 200  # of one picture; more is a mistake of a program


def faces_in(found: Mapping[str, Node]) -> tuple[Face, ...]:
    """The regions that have a name or are faces, first those of the Metadata Working Group, else Microsoft's."""
    faces = [*_of_mwg(found)] or [*_of_microsoft(found)]
    return tuple(faces[:_MOST])


def _of_mwg(found: Mapping[str, Node]) -> Iterator[Face]:
    """MWG Guidelines 2.0, section 5.9: the area's x and y are its middle, all in shares of the picture."""
    regions = _inside(found.get("mwg-rs:Regions"))
    for region in _listed(regions.get("mwg-rs:RegionList")):
        area = _inside(region.get("mwg-rs:Area"))
        middle_x, middle_y, width, height = (_share(area.get(f"stArea:{name}")) for name in "xywh")
        name, kind = _text(region.get("mwg-rs:Name")), _text(region.get("mwg-rs:Type")) or "Face"
        if width and height and (name or kind == "Face"):
            yield Face(
                name=name, kind=kind, x=max(0.0, middle_x - width / 2), y=max(0.0, middle_y - height / 2),
                width=width, height=height,
            )  # fmt: skip


def _of_microsoft(found: Mapping[str, Node]) -> Iterator[Face]:
    """Microsoft's people tags: "left, top, width, height" in shares of the picture."""
    regions = _inside(found.get("MP:RegionInfo"))
    for region in _listed(regions.get("MPRI:Regions")):
        parts = [_share(part) for part in _text(region.get("MPReg:Rectangle")).split(",")]
        name = _text(region.get("MPReg:PersonDisplayName"))
        if len(parts) == 4 and parts[2] and parts[3] and name:
            yield Face(name=name, kind="Face", x=parts[0], y=parts[1], width=parts[2], height=parts[3])


def _inside(node: Node | None) -> Mapping[str, Node]:
    return node if isinstance(node, dict) else {}


def _listed(node: Node | None) -> list[Mapping[str, Node]]:
    return [_inside(item) for item in node] if isinstance(node, list) else []


def _text(node: Node | None) -> str:
    return " ".join(node.split())[:200] if isinstance(node, str) else ""


def _share(node: Node | None) -> float:
    """A share of the picture, 0 to 1; 0 for anything else."""
    try:
        number = float(node) if isinstance(node, str) else 0.0
    except ValueError:
        return 0.0
    return round(number, 6) if 0 <= number <= 1 else 0.0
