"""Titles and sentences that look like somebody wrote them, and say nothing."""

import random

_WHAT = ("The tide", "A garden", "The last bus", "Our river", "A window", "The market", "Two bakers", "The old pier")
_DOES = ("waits for", "remembers", "borrows", "comes back to", "listens to", "opens for", "measures", "paints")
_WHOM = ("the morning", "its children", "the north wind", "a long winter", "every neighbour", "the first snow")
_WHERE = ("by the harbour", "behind the school", "on platform nine", "in the valley", "under the bridge", "at noon")


def title(rng: random.Random) -> str:
    """A short title, one of some thousand."""
    return f"{rng.choice(_WHAT)} {rng.choice(_DOES)} {rng.choice(_WHOM)}"


def sentence(rng: random.Random) -> str:
    """A whole sentence."""
    return (
        f"{title(rng)} {rng.choice(_WHERE)}, and {rng.choice(_WHAT).lower()} {rng.choice(_DOES)} {rng.choice(_WHOM)}."
    )
