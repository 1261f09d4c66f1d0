"""Our own rules, for what no place demands."""

from collections.abc import Mapping
from typing import Any

from crosscut.specs.citations import cite
from crosscut.specs.loading import read_data


def house(section: str) -> Mapping[str, Any]:
    """The figures of that section of house.yaml.

    >>> house("rights")["warn_days"]
    30
    """
    figures: Mapping[str, Any] = read_data("house")[section]
    return figures


def cite_house(section: str) -> str:
    """Where that section comes from, on one line."""
    return cite(house(section)["source"])
