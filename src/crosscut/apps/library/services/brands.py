"""Setting up brand kits: standards of the house, which seniors set."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, BrandFile, BrandKit
from crosscut.apps.library.queries import asset_for, brand_kit_for, brand_kits_for, colours_of, fits_role
from crosscut.channels.registry import channels
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, from_data
from crosscut.specs.brand import Colour, Must, Word, is_colour

MOST_COLOURS, MOST_WORDS, MOST_FILES = 60, 400, 100
LOGO_KINDS = (Asset.Kind.IMAGE.value, Asset.Kind.VIDEO.value)
_WRONG_FILE = {
    BrandFile.Role.LOGO: phrase("A logo is a picture."),
    BrandFile.Role.FONT: phrase("A font is a .ttf or .otf file."),
    BrandFile.Role.TEMPLATE: phrase("A template is an SVG drawing."),
}


@dataclass(frozen=True, kw_only=True)
class Kit:
    """Everything a brand kit says; its files are put in one by one."""

    name: str
    voice: str = ""
    colours: Sequence[Colour] = ()
    words: Sequence[Word] = ()
    musts: Sequence[Must] = ()
    least_contrast: float = 4.5
    logo_kinds: Sequence[str] = ()  # kinds of media of which one must show a logo: "image", "video"
    logo_clear_percent: int = 0
    logo_least_px: int = 0


@transaction.atomic
def make_kit(by: Member, kit: Kit) -> BrandKit:
    """A new brand kit, the usual one where it is the first. Raises Invalid with everything that does not fit."""
    demand(by, "approve")
    is_first = not brand_kits_for(by).exists()
    row = BrandKit(workspace_id=by.workspace_id, created_by=by, is_usual=is_first, revision=0)
    return _keep(by, row, kit, verb="brandkit.made")


@transaction.atomic
def change_kit(by: Member, kit_id: int, kit: Kit, *, revision: int | None = None) -> BrandKit:
    """The kit, saying this from now on. `revision` is the one that was seen: raises Conflict when there is a later."""
    row = _held(by, kit_id)
    if revision is not None and revision != row.revision:
        raise Conflict(phrase("Somebody changed this brand kit meanwhile. Load it again."))
    return _keep(by, row, kit, verb="brandkit.changed")


def kit_of(row: BrandKit) -> Kit:
    """What the kit says now."""
    same = ("name", "voice", "least_contrast", "logo_kinds", "logo_clear_percent", "logo_least_px")
    return Kit(
        colours=colours_of(row),
        words=[from_data(Word, one) for one in row.words],
        musts=[from_data(Must, one) for one in row.musts],
        **{name: getattr(row, name) for name in same},
    )


@transaction.atomic
def make_usual(by: Member, kit_id: int) -> BrandKit:
    """The kit that posts go by from now on unless their campaign chose another."""
    row = _held(by, kit_id)
    brand_kits_for(by).exclude(pk=row.pk).filter(is_usual=True).update(is_usual=False)
    row.is_usual = True
    row.save(update_fields=["is_usual"])
    record("brandkit.usual", row, by=by)
    return row


@transaction.atomic
def put_file(by: Member, kit_id: int, asset_id: int, role: str, *, note: str = "") -> BrandFile:
    """An asset as one of the kit's logos, fonts or templates. Raises Invalid where its file is none, NotFound."""
    row, asset = _held(by, kit_id), asset_for(by, asset_id)
    if role not in _WRONG_FILE:
        raise Invalid.at("role", phrase("Choose logo, font or template."))
    if not fits_role(asset, role):
        raise Invalid.at("asset", _WRONG_FILE[BrandFile.Role(role)])
    if row.files.count() >= MOST_FILES:
        raise Invalid.at("asset", phrase("A kit has at most {most} files.", most=MOST_FILES))
    words = " ".join(note.replace("\0", "").split())[:200]
    file, _is_new = BrandFile.objects.update_or_create(kit=row, asset=asset, role=role, defaults={"note": words})
    record("brandkit.filled", row, by=by, asset=asset.pk, role=role)
    return file


@transaction.atomic
def take_file_out(by: Member, kit_id: int, asset_id: int, role: str) -> BrandKit:
    """The kit without that file, which stays in the library. Raises NotFound."""
    row = _held(by, kit_id)
    gone, _details = row.files.filter(asset=asset_id, role=role).delete()
    if not gone:
        raise NotFound(phrase("There is no such file in this brand kit."))
    record("brandkit.emptied", row, by=by, asset=asset_id, role=role)
    return row


@transaction.atomic
def archive_kit(by: Member, kit_id: int) -> BrandKit:
    """Puts the kit away: it checks nothing any more."""
    row = _held(by, kit_id)
    row.archived_at, row.is_usual = timezone.now(), False
    row.save(update_fields=["archived_at", "is_usual"])
    record("brandkit.archived", row, by=by)
    return row


@transaction.atomic
def restore_kit(by: Member, kit_id: int) -> BrandKit:
    """Brings it back. Raises Conflict while another has its name."""
    demand(by, "approve")
    row = BrandKit.objects.select_for_update().get(pk=brand_kit_for(by, kit_id).pk)
    _refuse_same_name(by, row)
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    record("brandkit.restored", row, by=by)
    return row


def _held(by: Member, kit_id: int) -> BrandKit:
    """The kit, held until the transaction ends. Raises Conflict for one that was put away."""
    demand(by, "approve")
    row = BrandKit.objects.select_for_update().get(pk=brand_kit_for(by, kit_id).pk)
    if row.archived_at:
        raise Conflict(phrase("This brand kit is put away. Bring it back first."))
    return row


def _keep(by: Member, row: BrandKit, kit: Kit, *, verb: str) -> BrandKit:
    if problems := _problems(kit):
        raise Invalid(problems=problems)
    row.name, row.voice = " ".join(kit.name.split()), kit.voice.replace("\0", "").strip()
    _refuse_same_name(by, row)
    row.colours, row.words, row.musts = (as_data(tuple(part)) for part in (kit.colours, kit.words, kit.musts))
    row.logo_kinds = sorted(set(kit.logo_kinds))
    for name in ("least_contrast", "logo_clear_percent", "logo_least_px"):
        setattr(row, name, getattr(kit, name))
    row.revision, row.updated_at = row.revision + 1, timezone.now()
    row.save()
    record(verb, row, by=by, revision=row.revision)
    return row


def _refuse_same_name(by: Member, row: BrandKit) -> None:
    if brand_kits_for(by).filter(name=row.name).exclude(pk=row.pk).exists():
        raise Conflict(phrase("There is a brand kit “{name}” already.", name=row.name))


def _problems(kit: Kit) -> list[Problem]:
    known = set(channels())
    places = {slug for must in kit.musts for slug in must.channels}
    names = [" ".join(one.name.split()).casefold() for one in kit.colours]
    unprintable = any("\0" in text for text in _texts(kit))
    checks = (
        ("name", 0 < len(" ".join(kit.name.split())) <= 80, phrase("Give it a name of at most 80 letters.")),
        ("name", not unprintable, phrase("There is a character in it that cannot be printed.")),
        ("voice", len(kit.voice) <= 20_000, phrase("The notes have at most 20,000 characters.")),
        ("colours", len(kit.colours) <= MOST_COLOURS, phrase("A kit has at most {most} colours.", most=MOST_COLOURS)),
        (
            "colours",
            all(0 < len(name) <= 60 for name in names),
            phrase("A colour's name has 1 to 60 letters."),
        ),
        ("colours", len(set(names)) == len(names), phrase("Two colours have the same name.")),
        (
            "colours",
            all(is_colour(one.hex) for one in kit.colours),
            phrase("Write each colour as #rrggbb, such as #003355."),
        ),
        ("words", len(kit.words) <= MOST_WORDS, phrase("A kit has at most {most} words.", most=MOST_WORDS)),
        ("words", all(0 < len(one.word.strip(" *")) <= 120 for one in kit.words), phrase("Write the word itself.")),
        ("musts", len(kit.musts) <= MOST_WORDS, phrase("A kit has at most {most} words.", most=MOST_WORDS)),
        ("musts", all(0 < len(one.words.strip()) <= 120 for one in kit.musts), phrase("Write what every post says.")),
        ("musts", places <= known, phrase("There are no channels {names}.", names=", ".join(sorted(places - known)))),
        ("logo_kinds", set(kit.logo_kinds) <= set(LOGO_KINDS), phrase("Logos can be asked for in pictures and films.")),
        ("least_contrast", 1 <= kit.least_contrast <= 21, phrase("A contrast is from 1 to 21.")),
        (
            "logo_clear_percent",
            0 <= kit.logo_clear_percent <= 500,
            phrase("Clear space is 0 to 500 per cent."),
        ),
        ("logo_least_px", 0 <= kit.logo_least_px <= 360, phrase("The least width is from 0 to 360 px.")),
    )
    return [Problem(code=f"brand.{at}", where=at, message=words) for at, is_right, words in checks if not is_right]


def _texts(kit: Kit) -> list[str]:
    words = [text for word in kit.words for text in (word.word, word.instead)]
    return [kit.name, *(one.name for one in kit.colours), *words, *(one.words for one in kit.musts)]
