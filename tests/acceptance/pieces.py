"""Pieces as pages show them: an empty one, and one with everything in its way."""

from crosscut.apps.library.models import Asset, Rendition
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.services.campaigns import Plan, create_campaign
from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.models import GuestLink, Piece
from crosscut.apps.produce.services.approval_steps import Step, set_steps
from crosscut.apps.produce.services.approve import approve, ask_for_approval
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.markets import Wish as MarketWish
from crosscut.apps.produce.services.markets import set_market
from crosscut.apps.produce.services.review import comment, decide
from crosscut.apps.produce.services.share import Wish, answer, end_sharing, share, show_now
from crosscut.apps.produce.services.thread import Part, set_thread
from crosscut.apps.produce.services.translate import add_language, agree, keep_words
from crosscut.apps.produce.services.write import change_piece, create_piece, set_media, set_outlet
from crosscut.apps.produce.tests import made, translated
from crosscut.apps.publish.tests.made import an_account, an_asset
from tests.cast import Cast

TEXT = """Half of the reef is gone. The other half has a plan, and it begins with your street.

**This week**: find out where the rain at your door flows to, and tell us at https://reef.example/rain #ReefWatch"""


def the_list(cast: Cast) -> str:
    """Pieces in several stages."""
    full_piece(cast)
    ask_for_approval(cast.junior, made.piece(cast.junior, text="Divers at dawn."), note="Please look")
    whale = create_piece(cast.specialist, title="What the whale heard", campaign=made.campaign(cast.specialist, "deep"))
    approve(cast.senior, freeze(whale))
    return "/pieces/"


def empty_piece(cast: Cast) -> str:
    """A piece somebody has just begun."""
    return f"/pieces/{create_piece(cast.junior, title='Nothing but a title').pk}/"


def full_piece(cast: Cast) -> str:
    """A piece on four channels with two pictures, changed after it was approved, with findings and an account."""
    an_account(cast.lead)
    piece = create_piece(cast.junior, title="Half of the reef has a plan", text=TEXT, tags=["reef", "rain"])
    change_piece(cast.junior, piece, campaign=made.campaign(cast.specialist), link="https://reef.example/rain")
    first, second = a_picture(cast, "divers-at-dawn.jpg"), a_picture(cast, "reef-in-may.jpg")
    made.licence(first, credit_line="Ada Reef")
    made.expired(second)
    set_media(cast.junior, piece, first, alt_text="Two divers above a pale reef.", focus_x=0.3, focus_y=0.6)
    set_media(cast.junior, piece, second)
    set_outlet(cast.junior, piece, channel_slug="practice", post_type="images", text="Where does your rain go? " * 13)
    set_outlet(cast.junior, piece, channel_slug="site", post_type="article")
    set_outlet(cast.junior, piece, channel_slug="bluesky", post_type="images", text="Where does your rain go?")
    set_outlet(cast.junior, piece, channel_slug="podcast", post_type="episode", extra={"season": 2, "episode": 7})
    approve(cast.senior, freeze(Piece.objects.get(pk=piece.pk)), note="Good to go.")
    change_piece(cast.junior, piece, text=TEXT.replace("Half", "More than half"))
    return f"/pieces/{piece.pk}/"


def an_article(cast: Cast) -> str:
    """The same piece with its article in the preview."""
    return full_piece(cast) + "?channel=site"


def a_thread(cast: Cast) -> str:
    """A thread with a picture in its second part, of which the third is too long."""
    piece = create_piece(cast.junior, title="Half of the reef has a plan", text=TEXT)
    asset = a_picture(cast, "divers-at-dawn.jpg")
    made.licence(asset)
    set_media(cast.junior, piece, asset, alt_text="Two divers above a pale reef.")
    set_outlet(cast.junior, piece, channel_slug="bluesky", post_type="text")
    parts = [Part(text=TEXT.partition("\n")[0]), Part(text="Two divers saw it first.", media=(asset.pk,))]
    last = Part(text="Where does your rain go? " * 13)
    set_thread(cast.junior, piece, channel="bluesky", parts=[*parts, last], is_numbered=True)
    return f"/pieces/{piece.pk}/"


def an_earlier_state(cast: Cast) -> str:
    """What it was when it was approved."""
    address = full_piece(cast)
    piece = Piece.objects.get(pk=int(address.strip("/").rpartition("/")[2]))
    edition = piece.editions.order_by("-id").first()
    assert edition
    return f"{address}states/{edition.digest}/"


def a_new_piece(cast: Cast) -> str:
    """The form, with an account to choose and a picture to begin with."""
    an_account(cast.lead)
    return f"/pieces/new/?asset={a_picture(cast, 'divers-at-dawn.jpg').pk}"


def a_review(cast: Cast) -> str:
    """What a guest sees who is asked to approve, with some talk."""
    return _review(cast, Wish(name="Mira Client", may_approve=True))[1]


def a_new_version(cast: Cast) -> str:
    """A version after the one the guest approved."""
    link, path = _review(cast, Wish(name="Mira Client", may_approve=True))
    decide(link, "approved", digest=link.edition.digest)
    change_piece(cast.junior, Piece.objects.get(pk=link.piece_id), text=TEXT.replace("Half", "A third"))
    show_now(cast.lead, link)
    return path


def a_protected_review(cast: Cast) -> str:
    """A link with a password."""
    return _review(cast, Wish(name="Mira Client", password="leaf-and-light"))[1]


def shared_with_a_guest(cast: Cast) -> str:
    """What stands on the page of a guest with an account."""
    _review(cast, Wish(guest=cast.guest.pk, may_approve=True))
    return "/shared/"


def a_piece_with_guests(cast: Cast) -> str:
    """Guests who wait, want changes, and whose link ended."""
    link, _path = _review(cast, Wish(name="Mira Client", may_approve=True))
    decide(link, "changes", digest=link.edition.digest, text="The second sentence is too long.")
    piece = Piece.objects.get(pk=link.piece_id)
    share(cast.lead, piece, Wish(name="Noa Partner", may_approve=True))
    end_sharing(cast.lead, share(cast.lead, piece, Wish(name="Old Friend"))[0])
    return f"/pieces/{piece.pk}/"


def _review(cast: Cast, wish: Wish) -> tuple[GuestLink, str]:
    """A link and the path of its page."""
    address = full_piece(cast)
    piece = Piece.objects.get(pk=int(address.strip("/").rpartition("/")[2]))
    link, url = share(cast.lead, piece, wish)
    comment(link, "Lovely. Is that our reef?")
    answer(cast.junior, link, "It is, in May.")
    return link, "/" + url.split("/", 3)[3]


def a_picture(cast: Cast, title: str) -> Asset:
    """A picture that the pages can draw: its small one stands for the large one too."""
    asset = an_asset(cast.junior, title)
    assert asset.current
    facts = made.asset(cast.junior, title).current
    assert facts
    asset.current.facts = facts.facts
    asset.current.save()
    small = asset.current.renditions.get(purpose="thumbnail")
    Rendition.objects.create(
        version=asset.current,
        purpose="proxy",
        recipe={},
        recipe_digest="y",
        sha256=small.sha256,
        size_bytes=small.size_bytes,
        media_type=small.media_type,
    )
    return asset


def a_translation(cast: Cast) -> str:
    """An Arabic translation on its way: done, stale, offered and missing passages, and a channel that came later."""
    source = translated.source(cast)
    piece = add_language(cast.specialist, source, "ar")
    words = {"title": "خطة", "text": "نصف الشعاب اختفى.\n\nوللنصف الآخر خطة: https://reef.example/plan #reef"}
    keep_words(cast.specialist, piece, words)
    seen = {passage.key: passage.seen for passage in language_for(cast.specialist, piece.pk).passages}
    agree(cast.specialist, piece, {key: seen[key] for key in words})
    change_piece(cast.junior, source, text=translated.TEXT.replace("Half", "More than half", 1), summary="A plan")
    set_outlet(cast.junior, source, channel_slug="bluesky", post_type="text")
    return f"/pieces/{piece.pk}/translate/"


def the_steps(cast: Cast) -> str:
    """A campaign whose pieces need the yes of two, with a third to be added."""
    return f"/campaigns/{_with_steps(cast).pk}/approval/"


def a_piece_between_steps(cast: Cast) -> str:
    """The editors have said yes; the lawyer is asked."""
    piece = create_piece(cast.junior, title="Six things", text="Half the reef is gone.", campaign=_with_steps(cast))
    approve(cast.senior, freeze(piece), note="Short and true.")
    return f"/pieces/{piece.pk}/"


def _with_steps(cast: Cast) -> Campaign:
    row = create_campaign(cast.lead, Plan(name="Reef week"))
    both = (cast.specialist.pk, cast.lead.pk)
    set_steps(cast.lead, row.pk, [Step(name="Editors"), Step(name="Legal", people=both, needs_all=True)])
    return row


def a_memory(cast: Cast) -> str:
    """The memory after one piece in German."""
    translated.german(cast)
    return "/translation-memory/"


def the_markets(cast: Cast) -> str:
    """One for every language, and one with everything."""
    account = an_account(cast.lead)
    set_market(cast.senior, MarketWish(legal_lines=("reef.example/imprint",)))
    said = {"territory": "AT", "time_zone": "Europe/Vienna", "legal_lines": ("Anzeige",)}
    set_market(cast.senior, MarketWish(language="de-AT", **said, accounts=(account.pk,)))
    return "/markets/?language=de-AT"
