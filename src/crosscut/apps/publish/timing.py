"""How long the ledger waits for what. Seconds; a test installation may shorten them through the environment."""

import os
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The waits of the ledger."""

    send_window_s: float  # from "sent" on, no byte of an attempt may leave after this long
    bytes_per_s: float  # the slowest upload we allow for: large media widen the window
    quiet_s: float  # after the window, how long before "not there" is believed
    between_reads_s: float  # between two readings that must both find nothing
    unreadable_s: float  # first wait when the channel cannot be read; doubles up to ten minutes
    person_after_s: float  # unreadable for this long: ask a person, and go on trying
    late_s: float  # overdue by more than this: a person decides whether it still makes sense
    proof_s: tuple[float, ...]  # waits between readings until a proof is given up
    reproof_s: float  # how often a proven post is looked at again
    spacing_s: float  # between two overdue posts of one account
    lease_s: float  # how long one worker may look at a channel before another is sent to look
    hand_s: float  # a person who took a post and says nothing for this long: it may be out
    staging_s: float  # a channel that has not made a post ready for this long gets it anew
    dead_worker_s: float  # a worker that was silent for this long is dead; it reports every second

    def window(self, size_bytes: int) -> timedelta:
        """How long an attempt with that many bytes of media may take."""
        return timedelta(seconds=self.send_window_s + size_bytes / self.bytes_per_s)

    def hand(self) -> timedelta:
        """How long a person may take to post something and say so, before it is asked after."""
        return timedelta(seconds=self.hand_s)


def timing() -> Timing:
    """The waits in force: `CROSSCUT_LEDGER_PACE` multiplies the short ones (1 is normal, 0.1 ten times as fast)."""
    pace = float(os.environ.get("CROSSCUT_LEDGER_PACE", "1"))
    return Timing(
        send_window_s=60 * pace,
        bytes_per_s=200_000,
        quiet_s=15 * pace,
        between_reads_s=10 * pace,
        unreadable_s=15 * pace,
        person_after_s=3600,
        late_s=6 * 3600,
        proof_s=(0, 3 * pace, 10 * pace, 60 * pace, 300 * pace),
        reproof_s=24 * 3600,
        spacing_s=20 * pace,
        lease_s=max(90 * pace, 15),
        hand_s=3600 * pace,
        staging_s=1800 * pace,
        dead_worker_s=max(10 * pace, 4),
    )
