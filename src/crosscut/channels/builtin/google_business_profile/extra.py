"""What only a post on a Business Profile has."""

from datetime import date, time
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crosscut.channels.fields import OptionalWebAddress


class Button(StrEnum):
    """What the button under a post says (`callToAction.actionType`). All but CALL lead to the post's link."""

    LEARN_MORE = "LEARN_MORE"
    BOOK = "BOOK"
    ORDER = "ORDER"
    SHOP = "SHOP"
    SIGN_UP = "SIGN_UP"
    CALL = "CALL"


class PostExtra(BaseModel):
    """Its button, when an event or offer is, and what an offer gives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    button: Button | None = Field(
        None,
        title="Button",
        description="With a link it is “learn more” unless you choose; CALL rings the place. Offers have none.",
    )
    starts_on: date | None = Field(None, title="First day", description="Of an event or offer: 2026-12-24.")
    starts_at: time | None = Field(None, title="Begins at", description="18:30, on the clocks of the place.")
    ends_on: date | None = Field(None, title="Last day", description="Of an event or offer; the first day if empty.")
    ends_at: time | None = Field(None, title="Ends at", description="21:00, on the clocks of the place.")
    coupon: str = Field("", max_length=58, title="Coupon code", description="Of an offer: what people show.")
    redeem_url: OptionalWebAddress = Field(
        "", title="Redeem at", description="Of an offer: the address where it is taken online."
    )
    terms: str = Field("", max_length=5000, title="Terms", description="Of an offer: its conditions.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.starts_on, self.ends_on or self.starts_on
        if first and last and (last, self.ends_at or time.max) < (first, self.starts_at or time.min):
            raise ValueError("It ends before it begins")
        return self
