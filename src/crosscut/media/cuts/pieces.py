"""What a smart cut does with each stretch of a film: copy its packets or encode its frames anew."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Frames that are treated alike. Frames are counted in the order of showing."""

    is_copied: bool
    first: int
    end: int  # the first frame after it
    start_s: Fraction  # when its first frame is shown in the master
    end_s: Fraction  # when its last frame has been shown
    gap_s: Fraction  # the shortest time between two of the master's frames around it


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One stretch of the master that stays, on the times of its frames."""

    start_s: Fraction
    end_s: Fraction
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class SmartPlan:
    """How a film can be cut with little encoding, or why not."""

    obstacle: str = ""  # why it cannot be done so; then the rest is empty
    kept: tuple[Kept, ...] = ()
    profile: str = ""  # of H.264, as x264 names it
    level: str = ""  # "4.0"
    set_id: int = 0  # a number for parameter sets that the master does not use
    begin_s: Fraction = Fraction(0)  # the container's first time stamp

    @property
    def encoded_frames(self) -> int:
        """How many frames are made anew."""
        return sum(piece.end - piece.first for part in self.kept for piece in part.pieces if not piece.is_copied)

    @property
    def frames(self) -> int:
        """How many the result has."""
        return sum(piece.end - piece.first for part in self.kept for piece in part.pieces)


@dataclass(frozen=True, kw_only=True)
class CarriedSound:
    """The sound of a smart cut as it was carried over, or why that cannot be."""

    obstacle: str = ""  # in words for a person; then nothing was written
    packets: int = 0
    encoded_packets: int = 0  # around the joins
    moved_s: Fraction = Fraction(0)  # how far a stretch is at most from where its picture is
