"""Channel accounts: how each is, and connecting them."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.connecting import Question, guide, questions
from crosscut.apps.accounts.forms import ConnectForm, show_problems
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.services import authorizing, connections, own_files
from crosscut.apps.accounts.wording import account_card
from crosscut.channels import registry
from crosscut.channels.icons import drawing_of
from crosscut.kernel.errors import ChannelError, Conflict, Invalid


@members_only
def accounts(request: MemberRequest) -> HttpResponse:
    """A card per account."""
    context = {
        "cards": [account_card(row) for row in queries.accounts_for(request.member)],
        "can_connect": can(request.member, "accounts"),
        "can_check": can(request.member, "schedule"),
        "can_read_readers": can(request.member, "readers"),
    }
    return render(request, "accounts/accounts.html", context)


@members_only
def choose(request: MemberRequest) -> HttpResponse:
    """Which channel to connect."""
    demand(request.member, "accounts")
    counts = Counter(queries.accounts_for(request.member).values_list("channel", flat=True))
    rows = [(one, mark_safe(drawing_of(one.slug)), counts[one.slug]) for one in registry.channels().values()]  # noqa: S308 - a file of the channel's folder
    groups = (
        (_("Networks and sites"), [row for row in rows if not (row[0].is_local or row[0].is_by_hand)]),
        (_("You post, Crosscut makes everything ready"), [row for row in rows if row[0].is_by_hand]),
        (_("Served by Crosscut itself"), [row for row in rows if row[0].is_local]),
    )
    return render(request, "accounts/choose.html", {"groups": groups})


@members_only
@sensitive_post_parameters()
def connect(request: MemberRequest, channel: str) -> HttpResponse:
    """One channel's questions; then the account, or the way to the channel's own page to say yes on."""
    demand(request.member, "accounts")
    form = ConnectForm(request.POST or None, request.FILES or None, asked=_asked(request, channel))
    if form.is_valid():
        login = connections.Login(
            channel=channel,
            name=form.cleaned_data["name"],
            settings=form.given("settings"),
            secrets=form.given("secrets"),
        )
        try:
            return _depart(request, login) if _is_leaving(request) else _connected(request, login, form)
        except (Invalid, ChannelError, Conflict) as error:
            show_problems(form, error)
    return _ask(request, form, channel)


@members_only
@require_safe
def arrive(request: MemberRequest) -> HttpResponse:
    """Back from the channel's own page, once: with a code, or with a no."""
    state = request.GET.get("state", "")
    if "code" not in request.GET:
        authorizing.give_up(request.member, state=state)
        messages.info(request, _("Nothing was connected: the channel gave no permission."))
        return redirect("accounts")
    trip, connected = authorizing.come_back(
        request.member, state=state, code=request.GET["code"], session=request.session.session_key or ""
    )
    if not connected:
        return redirect("account-places", trip.pk)
    messages.success(request, _("%(name)s is connected.") % {"name": connected[0].name})
    return redirect("accounts")


@members_only
def places(request: MemberRequest, trip_id: int) -> HttpResponse:
    """Which of the accounts behind one login to connect."""
    demand(request.member, "accounts")
    trip = queries.trip_for(request.member, trip_id)
    problem = ""
    if request.method == "POST":
        try:
            connected = authorizing.choose(request.member, trip_id, request.POST.getlist("place"))
        except (Invalid, ChannelError, Conflict) as error:
            problem = error.said_in(translation)
        else:
            names = ", ".join(account.name for account in connected)
            messages.success(request, _("Connected: %(names)s.") % {"names": names})
            return redirect("accounts")
    found = authorizing.places_of(trip)
    context = {
        "trip": trip,
        "channel": registry.channel(trip.channel),
        "icon": mark_safe(drawing_of(trip.channel)),  # noqa: S308 - a file of the channel's folder
        "places": found,
        "can_choose": any(not place.why_not for place in found),
        "chosen": request.POST.getlist("place"),
        "problem": problem,
    }
    return render(request, "accounts/places.html", context, status=422 if problem else 200)


@members_only
@sensitive_post_parameters()
def reconnect(request: MemberRequest, account_id: int) -> HttpResponse:
    """The same questions for an account that is there, its settings filled in and its secrets not."""
    demand(request.member, "accounts")
    account = queries.account_for(request.member, account_id)
    asked = _asked(request, account.channel, known=account.settings)
    form = ConnectForm(request.POST or None, request.FILES or None, asked=asked, name=account.name)
    if form.is_valid():
        settings, secrets = form.given("settings"), form.given("secrets")
        try:
            if _is_leaving(request):
                login = connections.Login(
                    channel=account.channel, name=account.name, settings=settings, secrets=secrets
                )
                return _depart(request, login, account_id=account.pk)
            connections.reconnect(request.member, account_id, settings=settings, secrets=secrets)
            _keep_files(request, account_id, form)
        except (Invalid, ChannelError, Conflict) as error:
            show_problems(form, error)
        else:
            messages.success(request, _("%(name)s is connected again.") % {"name": account.name})
            return redirect("accounts")
    return _ask(request, form, account.channel, account=account)


@require_POST
@members_only
def check(request: MemberRequest, account_id: int) -> HttpResponse:
    """The card after asking the channel now."""
    account = connections.check_account(request.member, account_id)
    context = {
        "card": account_card(account),
        "can_connect": can(request.member, "accounts"),
        "can_check": True,
        "can_read_readers": can(request.member, "readers"),
    }
    return render(request, "accounts/card.html", context)


@require_POST
@members_only
def disconnect(request: MemberRequest, account_id: int) -> HttpResponse:
    """Forgets the credentials."""
    account = connections.disconnect(request.member, account_id)
    messages.success(request, _("%(name)s is disconnected. What was published stays.") % {"name": account.name})
    return redirect("accounts")


def _connected(request: MemberRequest, login: connections.Login, form: ConnectForm) -> HttpResponse:
    account = connections.connect_account(request.member, login)
    try:
        _keep_files(request, account.pk, form)
    except Invalid as error:
        messages.warning(request, error.problems_in(translation)[0].message)
        return redirect("account", account.pk)
    messages.success(request, _("%(name)s is connected.") % {"name": account.name})
    return redirect("accounts")


def _keep_files(request: MemberRequest, account_id: int, form: ConnectForm) -> None:
    """Hands over to the account what came along with the form."""
    for name, upload in form.handed_over().items():
        with NamedTemporaryFile(dir=settings.UPLOAD_FOLDER, prefix="own-") as file:
            for chunk in upload.chunks():
                file.write(chunk)
            file.flush()
            own_files.put_file(request.member, account_id, name, Path(file.name))


def _is_leaving(request: MemberRequest) -> bool:
    """Whether the person goes to the channel's own page instead of giving credentials here."""
    return "away" in request.POST


def _asked(request: MemberRequest, channel: str, *, known: Mapping[str, Any] | None = None) -> list[Question]:
    """The channel's questions; whoever leaves for its own page is not asked for what that page gives."""
    given = registry.channel(channel).secrets if _is_leaving(request) else ()
    return [one for one in questions(channel, known=known) if one.name.removeprefix("secrets.") not in given]


def _depart(request: MemberRequest, login: connections.Login, *, account_id: int | None = None) -> HttpResponse:
    """A page with the way there: our content security policy lets no form lead to another house."""
    session = request.session.session_key or ""
    away = authorizing.depart(request.member, login, account_id=account_id, session=session)
    return render(request, "accounts/depart.html", {"url": away.url, "channel": registry.channel(login.channel)})


def _ask(request: MemberRequest, form: ConnectForm, channel: str, *, account: Account | None = None) -> HttpResponse:
    known = registry.channel(channel)
    context = {
        "form": form,
        "channel": known,
        "guide": guide(channel),
        "account": account,
        "can_leave": bool(known.scopes),
        "must_leave": bool(known.scopes) and not known.secrets,
        "return_url": authorizing.return_url(),
    }
    return render(request, "accounts/connect.html", context, status=422 if form.errors else 200)
