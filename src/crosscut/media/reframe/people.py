"""Tells steady faces from what a detector takes for one in a single frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crosscut.media.reframe.records import Box

FARTHEST = 1.0  # face widths that a face may move from glance to glance, here a quarter of a second
LARGEST_CHANGE = 1.7  # of its size
LONGEST_GAP = 4  # glances that a face may be missed for, as when it turns
LEAST_SEEN = 2  # glances: what is seen once is most often no face
SHORT_SHOT = 2  # glances; in so short a shot once is enough
LEAST_SHARE = 0.34  # of the glances from the first to the last


@dataclass
class Person:
    """One face through a shot."""

    boxes: dict[int, Box] = field(default_factory=dict)  # by the number of the glance

    @property
    def last(self) -> Box:
        """Where it was seen last."""
        return self.boxes[max(self.boxes)]

    @property
    def weight(self) -> float:
        """How important: larger and longer is more."""
        return sum(box.height for box in self.boxes.values())


def people_in(faces: Sequence[Sequence[Box]]) -> list[Person]:
    """The steady faces of a shot's glances, the most important first, the glances between two sightings filled in."""
    found: list[Person] = []
    for number, boxes in enumerate(faces):
        free = [person for person in found if max(person.boxes) >= number - LONGEST_GAP]
        for box in sorted(boxes, key=lambda box: (-box.height, box.x, box.y)):
            best = min(free, key=lambda person: distance(person.last, box), default=None)
            if best is None or distance(best.last, box) > FARTHEST:
                found.append(Person({number: box}))
            else:
                best.boxes[number] = box
                free.remove(best)
    steady = [person for person in found if _is_steady(person, len(faces))]
    return sorted((_filled(person) for person in steady), key=lambda person: -person.weight)


def distance(one: Box, other: Box) -> float:
    """How far two faces are apart in face widths and heights; infinite when one is twice as large.

    >>> distance(Box(x=0, y=0, width=0.1, height=0.2), Box(x=0.05, y=0, width=0.1, height=0.2))
    0.5
    """
    width, height = max(one.width, other.width), max(one.height, other.height)
    if height > LARGEST_CHANGE * min(one.height, other.height):
        return math.inf
    aside = (one.x + one.width / 2 - other.x - other.width / 2) / width
    below = (one.y + one.height / 2 - other.y - other.height / 2) / height
    return math.hypot(aside, below)


def _is_steady(person: Person, glances: int) -> bool:
    seen = len(person.boxes)
    span = max(person.boxes) - min(person.boxes) + 1
    return seen >= (1 if glances <= SHORT_SHOT else LEAST_SEEN) and seen / span >= LEAST_SHARE


def _filled(person: Person) -> Person:
    known = sorted(person.boxes)
    boxes = dict(person.boxes)
    for first, second in pairwise(known):
        for number in range(first + 1, second):
            boxes[number] = _between(boxes[first], boxes[second], (number - first) / (second - first))
    return Person(dict(sorted(boxes.items())))


def _between(one: Box, other: Box, part: float) -> Box:
    def mixed(name: str) -> float:
        first, second = getattr(one, name), getattr(other, name)
        return float(first + (second - first) * part)

    return Box(x=mixed("x"), y=mixed("y"), width=mixed("width"), height=mixed("height"))
