"""What every page behind a guest's link does: ask for its password once, and stay out of search engines."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from crosscut.apps.accounts.models import Workspace
from crosscut.kernel.errors import Invalid, Unavailable

Answer = TypeVar("Answer", bound=HttpResponseBase)


def is_unlocked(request: HttpRequest, key: str, password_hash: str) -> bool:
    """Whether this browser gave the link's password as it is now; always where there is none.

    `key` names the link among all that the session knows: "review 12".
    """
    unlocked: dict[str, str] = request.session.get("unlocked_links", {})
    return not password_hash or unlocked.get(key) == password_hash[-24:]


def ask_password(
    request: HttpRequest, key: str, password_hash: str, *, workspace: Workspace, unlock: Callable[[str], None]
) -> HttpResponse:
    """Asks for the password; with the right one the page from now on, until the password is another.

    `unlock` raises Invalid for a wrong one and Unavailable for who tries many.
    """
    problem, status = "", 200
    if request.method == "POST":
        try:
            unlock(request.POST.get("password", ""))
        except (Invalid, Unavailable) as error:
            problem, status = str(error.problems[0].message), 429 if isinstance(error, Unavailable) else 422
        else:
            request.session["unlocked_links"] = {
                **request.session.get("unlocked_links", {}),
                key: password_hash[-24:],
            }
            return redirect(request.path)
    return render(request, "accounts/guest_lock.html", {"problem": problem, "workspace": workspace}, status=status)


def unlisted(answer: Answer) -> Answer:
    """Keeps the page out of search engines: who has the link may look, nobody else should come upon it."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
