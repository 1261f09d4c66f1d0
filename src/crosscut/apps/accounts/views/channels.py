"""Channel accounts: how each is, and connecting them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.connecting import guide, questions
from crosscut.apps.accounts.forms import ConnectForm, show_problems
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.accounts.services import connections
from crosscut.apps.accounts.wording import account_card
from crosscut.channels import registry
from crosscut.kernel.errors import ChannelError, Conflict, Invalid


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
    """One channel's questions; then the account."""
    demand(request.member, "accounts")
    form = ConnectForm(request.POST or None, asked=questions(channel))
    if form.is_valid():
        login = connections.Login(
            channel=channel,
            name=form.cleaned_data["name"],
            settings=form.given("settings"),
            secrets=form.given("secrets"),
        )
        try:
            account = connections.connect_account(request.member, login)
        except (Invalid, ChannelError, Conflict) as error:
            show_problems(form, error)
        else:
            messages.success(request, _("%(name)s is connected.") % {"name": account.name})
            return redirect("accounts")
    return _ask(request, form, channel)


@members_only
@sensitive_post_parameters()
def reconnect(request: MemberRequest, account_id: int) -> HttpResponse:
    """The same questions for an account that is there, its settings filled in and its secrets not."""
    demand(request.member, "accounts")
    account = queries.account_for(request.member, account_id)
    asked = questions(account.channel, known=account.settings)
    form = ConnectForm(request.POST or None, asked=asked, name=account.name)
    if form.is_valid():
        try:
            connections.reconnect(
                request.member, account_id, settings=form.given("settings"), secrets=form.given("secrets")
            )
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


def _ask(request: MemberRequest, form: ConnectForm, channel: str, *, account: Account | None = None) -> HttpResponse:
    context = {"form": form, "channel": registry.channel(channel), "guide": guide(channel), "account": account}
    return render(request, "accounts/connect.html", context, status=422 if form.errors else 200)
