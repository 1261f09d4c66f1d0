"""What is in the library twice: groups, one group file by file, merging it, and taking that back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import duplicates as showing
from crosscut.apps.library import queries
from crosscut.apps.library.forms.assets import ids_in
from crosscut.apps.library.services import duplicates, merging
from crosscut.apps.library.services.fields import field_set
from crosscut.apps.library.services.merge_choices import ALL
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

PAGE = 30
_VALUE = "value-"  # before a field's key: whose value goes on


@members_only
@require_GET
def groups(request: MemberRequest) -> HttpResponse:
    """The groups that nobody has settled; those that are not the same; what was merged."""
    queries.refuse_guests(request.member)
    found, wanted = queries.twin_groups_for(request.member), request.GET.get("tier", "")
    counts = {tier: sum(group.tier == tier for group in found) for tier in queries.TIERS}
    apart = queries.apart_groups_for(request.member)
    today = queries.today_in(request.member.workspace)
    rows: Sequence[Any] = apart if wanted == "apart" else [one for one in found if wanted in ("", one.tier)]
    page = Paginator(queries.merges_for(request.member) if wanted == "merged" else rows, PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "tier": wanted,
        "rows": showing.rows_of(request.member, list(page.object_list), today) if wanted != "merged" else [],
        "merges": list(page.object_list) if wanted == "merged" else [],
        "tabs": _tabs(wanted, len(found), counts, len(apart), queries.merges_for(request.member).count()),
        "merged": _just_merged(request),
        "apart": ids_in(request.GET.getlist("parted")),
        "only": next(iter(ids_in(request.GET.getlist("only"))), None),
        "can_draft": can(request.member, "draft"),
        "crumbs": [(_("Library"), "/library/"), (_("Duplicates"), "")],
    }
    return render(request, "library/duplicates/groups.html", context)


@members_only
def group(request: MemberRequest, tier: str, asset_id: int) -> HttpResponse:
    """One group side by side, with what merging would do; a POST does it."""
    queries.asset_for(request.member, asset_id)
    try:
        found = queries.twin_group_for(request.member, tier, asset_id)
    except NotFound:
        messages.info(request, _("These are settled already."))
        return redirect("duplicates")
    files = showing.compared_files(request.member, found, queries.today_in(request.member.workspace))
    data = request.POST if request.method == "POST" else request.GET
    choice = _choice(data, found, [one.asset.pk for one in files])
    if request.method == "POST" and request.POST.get("step") == "merge":
        try:
            made = merging.merge(request.member, choice)
            return redirect(f"{reverse('duplicates')}?tier={found.tier}&merged={made.pk}")
        except (Invalid, Conflict, NotAllowed) as error:
            problems = [problem.message for problem in error.problems_in(translation)]
            return _page(request, found, files, choice, problems)
    return _page(request, found, files, choice, [])


@members_only
@require_POST
def apart(request: MemberRequest) -> HttpResponse:
    """These are not the same."""
    ids, only = ids_in(request.POST.getlist("twin")), _only(request.POST)
    duplicates.set_apart(request.member, ids, only=only)
    parted = "".join(f"&parted={pk}" for pk in ids) + (f"&only={only}" if only else "")
    return redirect(f"{reverse('duplicates')}?{parted.lstrip('&')}")


@members_only
@require_POST
def together(request: MemberRequest) -> HttpResponse:
    """They may be, after all."""
    ids = ids_in(request.POST.getlist("twin"))
    duplicates.put_together(request.member, ids, only=_only(request.POST))
    messages.success(request, _("They are among the duplicates again."))
    return redirect("duplicates")


@members_only
@require_POST
def unmerge(request: MemberRequest, merge_id: int) -> HttpResponse:
    """Takes a merge back as one step."""
    try:
        done = merging.undo_merge(request.member, merge_id)
    except Conflict as error:
        messages.error(request, " ".join(problem.message for problem in error.problems_in(translation)))
        return redirect("duplicates")
    messages.success(request, _("Undone. Every file is where it was, and says what it said."))
    if done.kept:
        messages.warning(request, _("This was changed since, and stays: %(what)s") % {"what": ", ".join(done.kept)})
    return redirect("asset", done.merge.kept_id)


def _page(
    request: MemberRequest,
    found: queries.TwinGroup,
    files: Sequence[showing.File],
    choice: merging.Choice,
    problems: list[str],
) -> HttpResponse:
    member, today = request.member, queries.today_in(request.member.workspace)
    words = str(showing.WORDS[found.tier])
    context: dict[str, Any] = {
        "group": found,
        "words": words,
        "files": files,
        "hidden": max(0, len(found.asset_ids) - len(files)),
        "choice": choice,
        "problems": problems,
        "can_draft": can(member, "draft"),
        "crumbs": [
            (_("Library"), "/library/"),
            (_("Duplicates"), reverse("duplicates")),
            (str(showing.WORDS[found.tier]), ""),
        ],
        "url": reverse("duplicate-group", args=[found.tier, found.key]),
    }
    if context["can_draft"] and choice.gone:
        plan = merging.plan(member, choice)
        context |= {
            "plan": plan,
            "fields": showing.choices_in_words(plan.fields, plan),
            "changes": showing.changes_in_words(field_set(member.workspace_id), plan),
            "rights": showing.rights_in_words(plan, today) if plan.changes_rights else None,
            "can_merge": can(member, "clear") or not plan.cargo.needs_clearing,
            "archived": [one for one in plan.gone if one.pk in plan.to_archive],
            "binned": [one for one in plan.gone if one.pk not in plan.to_archive],
        }
    return render(request, "library/duplicates/group.html", context, status=422 if problems else 200)


def _choice(data: QueryDict, found: queries.TwinGroup, shown: Sequence[int]) -> merging.Choice:
    """What was chosen of the files shown; before that the best stays, and what is surely the same goes."""
    keep = next((pk for pk in ids_in(data.getlist("keep")) if pk in shown), shown[0])
    ticked = ids_in(data.getlist("merge"))
    if "keep" not in data:
        ticked = list(shown) if found.tier in showing.SURE else []
    values: dict[str, int | str] = {}
    for name, value in data.items():
        if name.startswith(_VALUE) and (value == ALL or str(value).isdecimal()):
            values[name.removeprefix(_VALUE)] = ALL if value == ALL else int(str(value))
    return merging.Choice(
        keep=keep,
        gone=[pk for pk in shown if pk in ticked and pk != keep],
        values=_of_chosen(values, {keep, *ticked}),
        accepts_rights=bool(data.get("accepts_rights")),
    )


def _of_chosen(values: Mapping[str, int | str], chosen: set[int]) -> dict[str, int | str]:
    """Without values of files that are not merged any more."""
    return {key: value for key, value in values.items() if value == ALL or value in chosen}


def _only(data: QueryDict) -> int | None:
    return next(iter(ids_in(data.getlist("only"))), None)


def _just_merged(request: MemberRequest) -> Any:
    pk = next(iter(ids_in(request.GET.getlist("merged"))), None)
    return queries.merges_for(request.member).filter(pk=pk, undone_at=None).first() if pk else None


def _tabs(
    wanted: str, whole: int, counts: Mapping[str, int], apart_count: int, merges: int
) -> list[tuple[str, str, int, bool]]:
    """Name, address, how many, and whether it is this one."""
    known = [("", _("All"), whole), *((tier, str(showing.WORDS[tier]), count) for tier, count in counts.items())]
    known += [("apart", _("Not the same"), apart_count), ("merged", _("Merged"), merges)]
    base = reverse("duplicates")
    shown = [row for row in known if row[2] or row[0] in ("", wanted)]
    return [(label, f"{base}?tier={key}" if key else base, count, key == wanted) for key, label, count in shown]
