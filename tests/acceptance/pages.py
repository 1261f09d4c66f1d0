"""Every page of the product, one line each. Whoever adds a page adds it here; the suite does the rest."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.cast import Cast


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One page as one person sees it."""

    name: str  # names the screenshots and the test
    path: str | Callable[[Cast], str]  # the address, or a function that makes what it needs and gives it
    who: str | None = "lead"  # who of the cast looks; None: nobody is signed in
    status: int = 200
    ready: str = "main"  # a selector that is there when the page is


PAGES: tuple[Visit, ...] = (
    Visit(name="style", path="/style/", who=None),
    Visit(name="style-sign-in", path="/style/sign-in/", who=None),
    Visit(name="style-calendar-month", path="/style/calendar/?view=dayGridMonth", who=None, ready=".cal-post"),
    Visit(name="style-calendar-week", path="/style/calendar/?view=timeGridWeek", who=None, ready=".cal-post"),
    Visit(name="style-calendar-list", path="/style/calendar/?view=listWeek", who=None, ready=".cal-post"),
    Visit(name="error-404", path="/no-such-page/", status=404),
    Visit(name="error-404-stranger", path="/no-such-page/", who=None, status=404),
    Visit(name="error-problem", path="/style/calendar/posts/", status=422),
    Visit(name="sign-in", path="/sign-in/", who=None),
    Visit(name="team", path="/team/"),
    Visit(name="accounts-none", path="/accounts/"),
    Visit(name="settings", path="/settings/"),
    Visit(name="activity", path="/activity/"),
    Visit(name="profile", path="/profile/"),
    Visit(name="library-none", path="/library/"),
    Visit(name="campaigns-none", path="/campaigns/"),
    Visit(name="campaign-new", path="/campaigns/new/"),
)
