"""What the API says about where and when assets were made."""

from datetime import date

from ninja import Field, Schema


class SpotOut(Schema):
    """A place on the map at which something was made."""

    latitude_deg: float = Field(description="The middle of what lies there; north positive (WGS 84).")
    longitude_deg: float = Field(description="East positive.")
    count: int
    name: str = Field(description="As most files there call it; empty where they do not.")


class MonthOut(Schema):
    """One month in which something was made."""

    start: date = Field(description="Its first day.")
    count: int
    assets: list[int] = Field(description="The first few, in the order in which they were found.")
