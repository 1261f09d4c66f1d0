"""Brand kits: the list of them, one with all that is in it, and choosing files for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries
from crosscut.apps.library.forms.assets import ids_in, say
from crosscut.apps.library.forms.brands import ColourForm, FillForm, KitForm, MustForm, RulesForm, WordForm
from crosscut.apps.library.models import Asset, BrandFile, BrandKit
from crosscut.apps.library.rights import rights_of
from crosscut.apps.library.services import brands as services
from crosscut.apps.library.services import remaking
from crosscut.apps.library.services.remaking.templates import template_slots
from crosscut.apps.library.showing import Tile, tile_of
from crosscut.apps.library.views.looks import works_on
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Unsupported
from crosscut.kernel.phrases import phrase

OFFERED = 60  # files to choose from; more are found by their words
Roles = BrandFile.Role
_FILES = (Roles.LOGO, Roles.FONT, Roles.TEMPLATE)
_FORMS: dict[str, type[forms.Form]] = {
    "about": KitForm,
    "rules": RulesForm,
    "colour": ColourForm,
    "word": WordForm,
    "must": MustForm,
}
_LISTS = {"colour": "colours", "word": "words", "must": "musts"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One kit in the list."""

    kit: BrandKit
    logo: Tile | None
    logos: int
    fonts: int
    templates: int


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def brands(request: MemberRequest) -> HttpResponse:
    """All kits in use; a new one when the form is sent."""
    queries.refuse_guests(request.member)
    form = KitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_kit(request.member, services.Kit(**form.cleaned_data))
            messages.success(request, _("The brand kit is made. Fill it: colours, logos, words."))
            return redirect("brand", made.pk)
        except (Invalid, Conflict) as error:
            say(form, error)
    context = {
        "cards": [_card(request, kit) for kit in queries.brand_kits_for(request.member)],
        "archived": queries.archived_brand_kits_for(request.member),
        "form": form,
        "crumbs": [(_("Library"), "/library/"), (_("Brand"), "")],
        "can_set": can(request.member, "approve"),
    }
    return render(request, "library/brands.html", context, status=422 if form.errors else 200)


@members_only
@require_http_methods(["GET", "HEAD"])
def brand(request: MemberRequest, kit_id: int) -> HttpResponse:
    """One kit with all that is in it."""
    return brand_page(request, queries.brand_kit_for(request.member, kit_id))


@members_only
@require_POST
def change(request: MemberRequest, kit_id: int) -> HttpResponse:
    """Changes one part of the kit: an entry more or less, what is said at large, or a file less."""
    row, part = queries.brand_kit_for(request.member, kit_id), request.POST.get("part", "")
    if role := request.POST.get("role", ""):
        asset_id = next(iter(ids_in([request.POST.get("asset", "")])), 0)
        services.take_file_out(request.member, kit_id, asset_id, role)
        messages.success(request, _("Taken out. It is still in the library."))
        return redirect("brand", kit_id)
    if "remove" in request.POST and part in _LISTS:
        kept = _without(row, _LISTS[part], request.POST["remove"])
        services.change_kit(request.member, kit_id, kept, revision=_revision(request))
        return redirect("brand", kit_id)
    if part not in _FORMS:
        raise NotFound(phrase("There is no such part of a brand kit."))
    form = _form(part, request.POST)
    if form.is_valid():
        try:
            services.change_kit(request.member, kit_id, _with(row, part, form), revision=_revision(request))
            messages.success(request, _("Saved. Posts are checked by it from now on."))
            return redirect("brand", kit_id)
        except (Invalid, Conflict) as error:
            say(form, error)
    return brand_page(request, row, **{f"{part}_form": form})


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: MemberRequest, kit_id: int, role: str) -> HttpResponse:
    """Files of the library that can become a logo, a font or a template; puts the chosen one in."""
    row = queries.brand_kit_for(request.member, kit_id)
    if role not in _FILES:
        raise NotFound(phrase("There is no such part of a brand kit."))
    if request.method == "POST":
        asset_id = next(iter(ids_in([request.POST.get("asset", "")])), 0)
        services.put_file(request.member, kit_id, asset_id, role, note=request.POST.get("note", ""))
        messages.success(request, _("It is in the kit."))
        return redirect("brand", kit_id)
    words, today = request.GET.get("q", "").strip()[:200], queries.today_in(row.workspace)
    offered = queries.offered_for(request.member, row, role, words=words)[:OFFERED]
    context = {
        "kit": row,
        "role": role,
        "q": words,
        "tiles": [tile_of(asset, today) for asset in offered],
        "crumbs": [*_crumbs(), (row.name, f"/library/brand/{row.pk}/"), (Roles(role).label, "")],
    }
    return render(request, "library/brand_choose.html", context)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: MemberRequest, kit_id: int, asset_id: int) -> HttpResponse:
    """A template with its slots to fill in; starts the work when they are."""
    row = queries.brand_kit_for(request.member, kit_id)
    asset = queries.brand_assets(request.member, row, Roles.TEMPLATE).filter(pk=asset_id).first()
    if asset is None or asset.current is None:
        raise NotFound(phrase("There is no such template in this brand kit."))
    logos = list(queries.brand_assets(request.member, row, Roles.LOGO))
    pictures = list(queries.assets_for(request.member).filter(kind=Asset.Kind.IMAGE, archived_at=None)[:OFFERED])
    slots, colours = template_slots(asset.current), queries.colours_of(row)
    form = FillForm(request.POST or None, slots=slots, logos=logos, pictures=pictures, colours=colours)
    if request.method == "POST" and form.is_valid():
        try:
            remaking.order(request.member, asset.current.pk, form.operation(row.pk))
            messages.success(request, _("The picture is being made."))
            return redirect("brand-fill", kit_id, asset_id)
        except (Invalid, Conflict, Unsupported) as error:
            say(form, error)
    context = {
        "kit": row,
        "asset": asset,
        "tile": tile_of(asset, queries.today_in(row.workspace)),
        "form": form,
        "slots": slots,
        "works": works_on(request.member, asset),
        "crumbs": [*_crumbs(), (row.name, f"/library/brand/{row.pk}/"), (asset.title, "")],
        "can_draft": can(request.member, "draft") and not row.archived_at,
    }
    return render(request, "library/brand_fill.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def act(request: MemberRequest, kit_id: int) -> HttpResponse:
    """Makes it the usual one, puts it away, or brings it back."""
    acts: dict[str, tuple[Callable[..., BrandKit], str]] = {
        "usual": (services.make_usual, _("Posts go by %(name)s unless their campaign chose another.")),
        "archive": (services.archive_kit, _("%(name)s is put away and checks nothing any more.")),
        "restore": (services.restore_kit, _("%(name)s is back.")),
    }
    if request.POST.get("act") not in acts:
        raise NotFound(phrase("There is no such part of a brand kit."))
    service, words = acts[request.POST["act"]]
    try:
        messages.success(request, words % {"name": service(request.member, kit_id).name})
    except Conflict as error:
        messages.error(request, " ".join(problem.message for problem in error.problems_in(translation)))
    return redirect("brand", kit_id)


def brand_page(request: MemberRequest, row: BrandKit, **more: Any) -> HttpResponse:
    """The page as it is, or with a form that could not be kept."""
    kit, today = services.kit_of(row), queries.today_in(row.workspace)
    notes = {(file.asset_id, file.role): file.note for file in row.files.all()}
    files = {
        role: [
            (tile_of(asset, today), notes[asset.pk, role], rights_of(asset, today))
            for asset in queries.brand_assets(request.member, row, role)
        ]
        for role in Roles.values
    }
    pairs = {(pair.words.name, pair.ground.name): pair for pair in queries.brand_pairs(row)}
    context = {
        "kit": row,
        "files": files,
        "colours": kit.colours,
        "table": [(words, [pairs.get((words.name, ground.name)) for ground in kit.colours]) for words in kit.colours],
        "words": kit.words,
        "musts": [(must, [name_of(slug) for slug in must.channels]) for must in kit.musts],
        "about_form": _form("about", initial={"name": row.name, "voice": row.voice}),
        "rules_form": _form("rules", initial={name: getattr(row, name) for name in RulesForm.base_fields}),
        "colour_form": _form("colour", initial={"hex": "#003355"}),
        "word_form": _form("word"),
        "must_form": _form("must"),
        "crumbs": [*_crumbs(), (row.name, "")],
        "can_set": can(request.member, "approve") and not row.archived_at,
        "can_restore": can(request.member, "approve") and bool(row.archived_at),
        "can_draft": can(request.member, "draft"),
        **more,
    }
    return render(request, "library/brand.html", context, status=422 if more else 200)


def _form(part: str, data: Any = None, *, initial: dict[str, Any] | None = None) -> forms.Form:
    """The form of one part; several stand on the page, so each field's id begins with its part."""
    return _FORMS[part](data, initial=initial, auto_id=f"{part}-%s")


def _with(row: BrandKit, part: str, form: Any) -> services.Kit:
    """What the kit says, with what was entered."""
    kit, changed = services.kit_of(row), dict[str, Any](form.cleaned_data)
    if part in _LISTS:
        changed = {_LISTS[part]: [*getattr(kit, _LISTS[part]), form.entry()]}
    return replace(kit, **changed)


def _without(row: BrandKit, name: str, place: str) -> services.Kit:
    """What the kit says, without the entry at that place of a list."""
    kit = services.kit_of(row)
    kept: dict[str, Any] = {name: [one for number, one in enumerate(getattr(kit, name)) if str(number) != place]}
    return replace(kit, **kept)


def _revision(request: MemberRequest) -> int | None:
    seen = request.POST.get("revision", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None


def _card(request: MemberRequest, kit: BrandKit) -> Card:
    files = list(kit.files.filter(asset__binned_at=None))
    logo = queries.brand_assets(request.member, kit, Roles.LOGO).first()
    counts = {role: sum(file.role == role for file in files) for role in Roles}
    today = queries.today_in(request.member.workspace)
    return Card(
        kit=kit,
        logo=tile_of(logo, today) if logo else None,
        logos=counts[Roles.LOGO],
        fonts=counts[Roles.FONT],
        templates=counts[Roles.TEMPLATE],
    )


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Library"), "/library/"), (_("Brand"), "/library/brand/")]
