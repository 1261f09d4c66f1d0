"""Channel accounts: how each is, and connecting them."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.connecting import guide, questions
from crosscut.apps.accounts.forms import ConnectForm, show_problems
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.services import authorizing, connections, own_files
from crosscut.apps.accounts.wording import account_card
from crosscut.channels import registry
from crosscut.kernel.errors import ChannelError, Conflict, Invalid

_TRIP = "connecting"  # the session's key for who is away on a channel's own page


@members_only
def accounts(request: MemberRequest) -> HttpResponse:
    """A card per account."""
    context = {
        "cards": [account_card(row) for row in queries.accounts_for(request.member)],
        "can_connect": can(request.member, "accounts"),
        "can_check": can(request.member, "schedule"),
    }
    return render(request, "accounts/accounts.html", context)


@members_only
def choose(request: MemberRequest) -> HttpResponse:
    """Which channel to connect."""
    demand(request.member, "accounts")
    return render(request, "accounts/choose.html", {"channels": registry.channels().values()})


@members_only
@sensitive_post_parameters()
def connect(request: MemberRequest, channel: str) -> HttpResponse:
    """One channel's questions; then the account, or the way to the channel's own page to say yes on."""
    demand(request.member, "accounts")
    is_leaving = "away" in request.POST and authorizing.can_authorize(channel)
    asked = [one for one in questions(channel) if not (is_leaving and one.name.startswith("secrets."))]
    form = ConnectForm(request.POST or None, request.FILES or None, asked=asked)
    if form.is_valid():
        login = connections.Login(
            channel=channel,
            name=form.cleaned_data["name"],
            settings=form.given("settings"),
            secrets=form.given("secrets"),
        )
        try:
            return _depart(request, login) if is_leaving else _connected(request, login, form)
        except (Invalid, ChannelError, Conflict) as error:
            show_problems(form, error)
    return _ask(request, form, channel)


@members_only
def arrive(request: MemberRequest) -> HttpResponse:
    """Back from the channel's own page, once: with a code, or with a no."""
    kept = request.session.pop(_TRIP, "")
    if "code" not in request.GET:
        messages.info(request, _("Nothing was connected: the channel gave no permission."))
        return redirect("accounts")
    code, state = request.GET["code"], request.GET.get("state", "")
    account = authorizing.arrive(request.member, kept, code=code, state=state)
    messages.success(request, _("%(name)s is connected.") % {"name": account.name})
    return redirect("accounts")


@members_only
@sensitive_post_parameters()
def reconnect(request: MemberRequest, account_id: int) -> HttpResponse:
    """The same questions for an account that is there, its settings filled in and its secrets not."""
    demand(request.member, "accounts")
    account = queries.account_for(request.member, account_id)
    asked = questions(account.channel, known=account.settings)
    form = ConnectForm(request.POST or None, request.FILES or None, asked=asked, name=account.name)
    if form.is_valid():
        try:
            connections.reconnect(
                request.member, account_id, settings=form.given("settings"), secrets=form.given("secrets")
            )
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
    context = {"card": account_card(account), "can_connect": can(request.member, "accounts"), "can_check": True}
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


def _depart(request: MemberRequest, login: connections.Login) -> HttpResponse:
    """A page with the way there: our content security policy lets no form lead to another house."""
    url, request.session[_TRIP] = authorizing.depart(request.member, login)
    return render(request, "accounts/depart.html", {"url": url, "channel": registry.channel(login.channel)})


def _ask(request: MemberRequest, form: ConnectForm, channel: str, *, account: Account | None = None) -> HttpResponse:
    context = {
        "form": form,
        "channel": registry.channel(channel),
        "guide": guide(channel),
        "account": account,
        "can_leave": account is None and authorizing.can_authorize(channel),
    }
    return render(request, "accounts/connect.html", context, status=422 if form.errors else 200)
