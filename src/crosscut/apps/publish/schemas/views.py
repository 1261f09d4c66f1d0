"""What the API says and takes about kept views of the calendar."""

from django.conf import settings
from ninja import Field, Schema
from pydantic import StrictBool

from crosscut.apps.publish.kept_views import place_of
from crosscut.apps.publish.models import CalendarView, Target
from crosscut.apps.publish.schemas.posts import MOST_ID, StrictSchema


class FiltersIn(StrictSchema):
    """What narrows the calendar; what is null does not."""

    state: str | None = Field(None, pattern=f"^({'|'.join(Target.State.values)})$")
    channel: str | None = Field(None, max_length=40, description="A channel's slug.")
    account: int | None = Field(None, ge=1, le=MOST_ID)
    campaign: int | None = Field(None, ge=1, le=MOST_ID)
    person: int | None = Field(None, ge=1, le=MOST_ID)
    q: str | None = Field(None, max_length=200, description="Words of the piece's title or text.")


class CalendarViewIn(StrictSchema):
    """A layout and filters under a name."""

    name: str = Field(min_length=1, max_length=80)
    layout: CalendarView.Layout
    filters: FiltersIn | None = Field(None, description="null: nothing is filtered out.")
    is_shared: StrictBool = Field(False, description="For everybody in the workspace.")


class FirstViewIn(StrictSchema):
    """Which view the asker's calendar begins with."""

    view: int | None = Field(ge=1, le=MOST_ID, description="null: with none of them.")


class CalendarViewOut(Schema):
    """A layout and filters under a name."""

    id: int
    name: str
    member: int = Field(alias="member_id", description="Whose it is.")
    layout: str
    filters: dict[str, str]
    is_shared: bool
    is_first: bool = Field(description="The asker's calendar begins with it.")
    url: str = Field(description="Where it is now; the page of its number leads there, also after it was changed.")

    @staticmethod
    def resolve_url(view: CalendarView) -> str:
        return f"{settings.DESK_URL}{place_of(view)}"
