"""The parameter sets of H.264 in an MP4: reading their numbers, and putting those of two encoders side by side.

ISO/IEC 14496-15, 5.3.3.1 (AVCDecoderConfigurationRecord); ITU-T H.264, 7.3.1 and 7.3.2 (NAL units, parameter sets).
"""

from collections.abc import Iterator
from dataclasses import dataclass

IDR, SPS = 5, 7  # nal_unit_type
HIGH_PROFILES = frozenset({100, 110, 122, 144})  # their configuration ends with four bytes more
SET_IDS = range(1, 32)  # of sequence parameter sets, H.264 7.4.2.1.1


@dataclass(frozen=True, kw_only=True)
class Sets:
    """The configuration of an H.264 stream."""

    head: bytes  # version, profile, compatibility, level
    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]
    tail: bytes  # what high profiles add

    def with_more(self, other: "Sets") -> bytes:
        """The configuration that has the parameter sets of both."""
        sequence = [*self.sequence, *(one for one in other.sequence if one not in self.sequence)]
        picture = [*self.picture, *(one for one in other.picture if one not in self.picture)]
        return b"".join(
            [
                self.head,
                bytes([0xFC | 3, 0xE0 | len(sequence)]),
                *(len(one).to_bytes(2, "big") + one for one in sequence),
                bytes([len(picture)]),
                *(len(one).to_bytes(2, "big") + one for one in picture),
                self.tail,
            ]
        )

    @property
    def free_id(self) -> int | None:
        """A number that no parameter set here has; None when all are taken."""
        taken = {sequence_id(one) for one in self.sequence} | {picture_id(one) for one in self.picture}
        return next((number for number in SET_IDS if number not in taken), None)


def parse(extradata: bytes) -> Sets | None:
    """The parameter sets in an avcC box; None when it is none or its lengths are not of four bytes."""
    if len(extradata) < 8 or extradata[0] != 1 or extradata[4] & 3 != 3:
        return None
    sequence, at = _sets(extradata, 6, extradata[5] & 31)
    if at >= len(extradata):
        return None
    picture, at = _sets(extradata, at + 1, extradata[at])
    return Sets(head=extradata[:4], sequence=sequence, picture=picture, tail=extradata[at:])


def _sets(data: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    found = []
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return tuple(found), at


def units(packet: bytes) -> Iterator[bytes]:
    """The NAL units of a packet with lengths of four bytes."""
    at = 0
    while at + 4 < len(packet):
        length = int.from_bytes(packet[at : at + 4], "big")
        yield packet[at + 4 : at + 4 + length]
        at += 4 + length


def kind(unit: bytes) -> int:
    """The NAL unit's type."""
    return unit[0] & 31 if unit else 0


def sequence_id(unit: bytes) -> int:
    """The number of a sequence parameter set, which follows profile, constraints and level.

    >>> sequence_id(bytes([0x67, 100, 0, 31, 0b10000000]))
    0
    """
    return _number(unit[4:12])


def picture_id(unit: bytes) -> int:
    """The number of a picture parameter set."""
    return _number(unit[1:9])


def _number(data: bytes) -> int:
    """The first Exp-Golomb number in the bits (H.264, 9.1).

    >>> _number(bytes([0b00101000]))
    4
    """
    bits = "".join(f"{byte:08b}" for byte in data)
    zeros = bits.find("1")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1 if zeros >= 0 else 0
