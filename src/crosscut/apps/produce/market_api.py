"""Markets for programs."""

from typing import Annotated

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate
from pydantic import ConfigDict

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.produce.markets import markets_for
from crosscut.apps.produce.models import Market
from crosscut.apps.produce.services import markets as services

router = Router(tags=["translations"])
_Account = Annotated[int, Field(ge=1, le=2**63 - 1)]


class MarketIn(Schema):
    """What posts in a language are held to, all of it."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field("", max_length=12, description="BCP 47; empty: every language, its lines only.")
    territory: str = Field(
        "", max_length=2, description="ISO 3166-1: where rights are asked for; empty: the workspace's."
    )
    time_zone: str = Field("", max_length=64, description="IANA; empty: the workspace's.")
    legal_lines: list[str] = Field([], max_length=services.MOST_LINES, description="Each stands in every text.")
    accounts: list[_Account] = Field([], max_length=500, description="Those that speak the language.")


class MarketOut(Schema):
    """What posts in a language are held to."""

    id: int
    language: str
    territory: str
    time_zone: str
    legal_lines: list[str]
    accounts: list[int]

    @staticmethod
    def resolve_accounts(row: Market) -> list[int]:
        return [account.pk for account in row.accounts.all()]


@router.get("/markets", response=list[MarketOut], summary="Markets")
@paginate
def list_markets(request: ApiRequest) -> QuerySet[Market]:
    """By language, what holds for every language first."""
    return markets_for(request.auth)


@router.put("/markets", response=MarketOut, summary="Set a market")
def put_market(request: ApiRequest, payload: MarketIn) -> Market:
    """In place of what was said of that language. Seniors and above."""
    said = payload.model_dump()
    wish = services.Wish(**{**said, "legal_lines": tuple(said["legal_lines"]), "accounts": tuple(said["accounts"])})
    return services.set_market(request.auth, wish)


@router.delete("/markets/{int:market_id}", response={204: None}, summary="Remove a market")
def delete_market(request: ApiRequest, market_id: int) -> Status[None]:
    """Seniors and above."""
    services.drop_market(request.auth, market_id)
    return Status(204, None)
