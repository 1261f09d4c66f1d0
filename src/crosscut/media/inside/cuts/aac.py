"""How the packets of AAC overlap: the windows of a packet, read from its first bits.

ISO/IEC 14496-3, 4.4.2.1 (raw_data_block), 4.4.2.7 (individual_channel_stream) and 4.6.11 (filter bank).
"""

from dataclasses import dataclass

BLOCK = 1024  # samples that a packet adds to the sound; its window reaches over the next block, too
SINGLE, PAIR = 0, 1  # id_syn_ele of a channel and of two channels
LONG, START, STOP = 0, 1, 3  # window_sequence; 2 is eight short ones


@dataclass(frozen=True, kw_only=True)
class Window:
    """The window of a packet, as far as its neighbours must fit it."""

    is_long_left: bool
    is_long_right: bool
    shape: int  # of its right half; its left half has the shape of the packet before

    def meets(self, following: "Window", before: "Window") -> bool:
        """Whether the overlap with a packet cancels out that was encoded to follow `before`."""
        return self.is_long_right == following.is_long_left and self.shape == before.shape


def window(packet: bytes) -> Window | None:
    """The window of the first channel; None where the packet begins with something else.

    >>> window(bytes([0b001_0000_1, 0b0_00_1_0000, 0, 0]))
    Window(is_long_left=True, is_long_right=True, shape=1)
    """
    bits = f"{int.from_bytes(packet[:4].ljust(4, bytes(1)), 'big'):032b}"
    element = int(bits[:3], 2)
    if element not in (SINGLE, PAIR):
        return None
    shares_window = element == PAIR and bits[7] == "1"
    at = 7 + (element == PAIR) + (0 if shares_window else 8) + 1  # behind tag, global_gain and the reserved bit
    sequence = int(bits[at : at + 2], 2)
    return Window(
        is_long_left=sequence in (LONG, START), is_long_right=sequence in (LONG, STOP), shape=int(bits[at + 2])
    )
