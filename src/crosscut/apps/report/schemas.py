"""What the API says of a campaign as a whole. Money in the currency's usual unit; missing values are null."""

from typing import Any

from ninja import Field, Schema


class ReportOut(Schema):
    """What was planned, published, proven, what it cost and what it brought, as of now."""

    campaign: dict[str, Any]
    made_at: str
    planned: int = Field(description="Posts, the cancelled ones not counted.")
    live: int
    proven: int = Field(description="Of those, read back as sent.")
    posts: list[dict[str, Any]]
    key_results: list[dict[str, Any]] = Field(description="Each with its definition, source and what told it.")
    cost: dict[str, Any]
