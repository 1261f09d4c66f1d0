"""A newsletter's list: who reads, who left, one by hand, many from a table, all as a table."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.library import incoming
from crosscut.apps.readers import queries
from crosscut.apps.readers.forms import ReaderForm, TableForm
from crosscut.apps.readers.models import Reader
from crosscut.apps.readers.public import join_url
from crosscut.apps.readers.services import lists, tables
from crosscut.kernel.errors import Conflict, Damaged, Invalid

PAGE = 50
_TABLE_ID = "table-%s"  # both forms stand on one page


@members_only
@require_safe
def readers(request: MemberRequest, account_id: int) -> HttpResponse:
    """The list, searched and paged."""
    return _list(request, account_id, ReaderForm(), TableForm(auto_id=_TABLE_ID))


@members_only
@require_POST
def add(request: MemberRequest, account_id: int) -> HttpResponse:
    """One more, by hand."""
    form = ReaderForm(request.POST)
    if form.is_valid():
        try:
            lists.add_reader(request.member, account_id, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_problems(form, error)
        else:
            messages.success(request, _("Added."))
            return redirect("readers", account_id)
    return _list(request, account_id, form, TableForm(auto_id=_TABLE_ID), status=422)


@members_only
@require_POST
def bring(request: MemberRequest, account_id: int) -> HttpResponse:
    """A table, read and shown before anything is taken in."""
    form = TableForm(request.POST, request.FILES, auto_id=_TABLE_ID)
    if form.is_valid():
        try:
            file = incoming.uploaded_files(request)[0]
            table = tables.begin(request.member, account_id, file, consent=form.cleaned_data["consent"])
            return redirect("reader-table", table.pk)
        except (Invalid, Damaged) as error:
            show_problems(form, error)
    return _list(request, account_id, ReaderForm(), form, status=422)


@members_only
@require_safe
def export(request: MemberRequest, account_id: int) -> StreamingHttpResponse:
    """What the list shows, as CSV."""
    told = {"state": request.GET.get("state", ""), "q": request.GET.get("q", "")}
    answer = StreamingHttpResponse(lists.as_csv(request.member, account_id, **told), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="readers.csv"'
    return answer


@members_only
@require_safe
def table(request: MemberRequest, table_id: int) -> HttpResponse:
    """One table: what becomes of each row."""
    row = queries.table_for(request.member, table_id)
    rows, wanted = tables.judged(row), request.GET.get("becomes", "")
    counts = tables.counts_of(rows)
    shown = [one for one in rows if one.becomes == wanted] if wanted else rows
    context = {
        "table": row,
        "account": row.account,
        "page": Paginator([(one, tables.BECOMES[one.becomes]) for one in shown], PAGE).get_page(
            request.GET.get("page")
        ),
        "becomes": wanted,
        "counts": [(key, tables.BECOMES[key], number) for key, number in counts.items()],
        "addable": tables.addable(counts),
    }
    return render(request, "readers/table.html", context)


@members_only
@require_POST
def table_act(request: MemberRequest, table_id: int) -> HttpResponse:
    """Takes it in, or forgets it."""
    account_id = queries.table_for(request.member, table_id).account_id
    if request.POST.get("action") == "discard":
        tables.discard(request.member, table_id)
        messages.success(request, _("Forgotten. Nobody was added."))
    else:
        added = tables.confirm(request.member, table_id).added or 0
        words = ngettext("%(n)s reader was added.", "%(n)s readers were added.", added)
        messages.success(request, words % {"n": added})
    return redirect("readers", account_id)


@members_only
@require_POST
def take_out(request: MemberRequest, reader_id: int) -> HttpResponse:
    """Off the list, and not back by an import."""
    row = lists.take_out(request.member, reader_id)
    messages.success(request, _("Taken out. No import brings this address back."))
    return redirect("readers", row.account_id)


@members_only
@require_POST
def forget(request: MemberRequest, reader_id: int) -> HttpResponse:
    """Gone for good."""
    account_id = queries.reader_for(request.member, reader_id).account_id
    lists.forget(request.member, reader_id)
    messages.success(request, _("Forgotten: address, name and history are gone."))
    return redirect("readers", account_id)


def _list(
    request: MemberRequest, account_id: int, form: ReaderForm, table_form: TableForm, *, status: int = 200
) -> HttpResponse:
    account = queries.newsletter_for(request.member, account_id)
    state, q = request.GET.get("state", ""), request.GET.get("q", "")
    counts = queries.count_readers(account)
    context = {
        "account": account,
        "page": Paginator(queries.readers_of(account, state=state, q=q), PAGE).get_page(request.GET.get("page")),
        "state": state,
        "q": q,
        "counts": [(key, label, counts[key]) for key, label in Reader.State.choices if counts.get(key)],
        "total": sum(counts.values()),
        "form": form,
        "table_form": table_form,
        "tables": queries.tables_for(request.member, account).filter(added=None)[:5],
        "returns_problem": queries.returns_problem(account),
        "join_url": join_url(account),
    }
    return render(request, "readers/readers.html", context, status=status)
