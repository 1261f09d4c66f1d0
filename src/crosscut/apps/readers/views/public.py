"""The pages that readers come to: joining, confirming, leaving. Nobody signs in, and looking changes nothing.

Mail scanners follow every link of a letter, so only a POST acts; mail programs send one themselves when somebody
presses their own button (RFC 8058). The answers are the same whoever asks: nobody learns here who is on a list.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from crosscut.apps.accounts.access import address_of
from crosscut.apps.accounts.models import Account
from crosscut.apps.readers.models import Reader
from crosscut.apps.readers.public import ROOT
from crosscut.apps.readers.queries import mailer, public_newsletter, reader_of_link
from crosscut.apps.readers.services import joining, lists
from crosscut.channels.mailing import Page, Scene
from crosscut.channels.page.document import mark, style_name, stylesheet
from crosscut.channels.registry import settings_class
from crosscut.kernel.errors import Invalid, Unavailable

_KEPT_S = 31_536_000  # the stylesheet's name changes with its content
_HTML = "text/html; charset=utf-8"


@csrf_exempt  # no session counts here, and sites of the workspace's own may send the form
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks for an address; then says to look into the mailbox, whoever it is."""
    account = public_newsletter(account_id)
    if account is None:
        return _nothing()
    if request.method != "POST":
        return _page(account, Scene.JOIN)
    address = request.POST.get("address", "")[:300]
    try:
        joining.ask_to_join(account, address, place=address_of(request))
    except Invalid as error:
        return _page(account, Scene.JOIN, status=422, address=address, problem=str(error.problems[0].message))
    except Unavailable:
        return _page(account, Scene.WAIT, status=429)
    return _page(account, Scene.ASKED)


@csrf_exempt  # the link is the proof: it came by letter to its owner
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Asks once more, then signs the reader up."""
    reader = joining.confirm(code) if request.method == "POST" else joining.confirmable(code)
    if reader is None:
        return _nothing()
    return _page(reader.account, Scene.JOINED if request.method == "POST" else Scene.CONFIRM)


@csrf_exempt  # mail programs send the form themselves: RFC 8058, 3.2
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Asks once more, then takes the reader off the list. One who has left before is told the same."""
    reader = lists.leave(code) if request.method == "POST" else reader_of_link(code)
    if reader is None:
        return _nothing()
    has_left = request.method == "POST" or reader.state == Reader.State.LEFT
    return _page(reader.account, Scene.LEFT if has_left else Scene.LEAVE)


@require_safe
def dress(request: HttpRequest, name: str) -> HttpResponse:
    """What these pages look like."""
    if name == "mark.svg":
        answer = HttpResponse(mark(), content_type="image/svg+xml")
    elif name == style_name():
        answer = HttpResponse(stylesheet(), content_type="text/css; charset=utf-8")
    else:
        return _nothing()
    answer["Cache-Control"] = f"public, max-age={_KEPT_S}"
    return answer


def _page(account: Account, scene: Scene, *, status: int = 200, address: str = "", problem: str = "") -> HttpResponse:
    settings = settings_class(account.channel).model_validate(account.settings)
    content = mailer(account.channel).page(settings, Page(scene=scene, root=ROOT, address=address, problem=problem))
    return _private(HttpResponse(content, status=status, content_type=_HTML))


def _nothing() -> HttpResponse:
    """The same for a link that was never ours and for one that is over."""
    words = "This link is over, or there is nothing at this address."
    return _private(HttpResponse(words, status=404, content_type="text/plain; charset=utf-8"))


def _private(answer: HttpResponse) -> HttpResponse:
    """Kept by nobody, shown by no search engine, and its address is told to nobody."""
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
