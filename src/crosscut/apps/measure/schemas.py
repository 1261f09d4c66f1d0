"""What the API says about what was measured."""

from datetime import datetime

from ninja import Field, Schema


class SampleOut(Schema):
    """One measured value, as its source told it at one time."""

    metric: str = Field(description="A key of /metrics/definitions, which says what it means.")
    value: int = Field(description="The running total at that time.")
    sampled_at: datetime


class NumberOut(Schema):
    """The newest value of one metric. What nobody told is not here: it is not zero."""

    metric: str
    value: int
    as_of: datetime | None = Field(description="When the source said so; null for our own counter: always now.")


class SampleFilter(Schema):
    """Which samples."""

    metric: str = Field("", max_length=60)
