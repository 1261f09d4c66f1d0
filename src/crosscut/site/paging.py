"""How the API gives long lists: `?limit=&offset=`, answered as `{"items": […], "count": n}`."""

from ninja import Field, Schema
from ninja.pagination import LimitOffsetPagination


class Windowed(LimitOffsetPagination):
    """At most 200 rows at a time, 50 when not asked; `count` is how many there are in all."""

    class Input(Schema):
        limit: int = Field(50, ge=1, le=200, description="How many rows to give.")
        offset: int = Field(0, ge=0, le=1_000_000, description="How many rows to pass over.")
