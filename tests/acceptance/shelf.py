"""Libraries with something in them: what the library's pages are looked at with. Each gives an address."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from crosscut.apps.library.models import Card, Collection, StorageDay, Subject, Together, Track, WayIn
from crosscut.apps.library.queries import assets_for, today_in
from crosscut.apps.library.services import (
    about,
    bins,
    brands,
    collecting,
    custom,
    duplicates,
    framing,
    intake,
    merging,
    papers,
    reframing,
    remaking,
    rooms,
    several,
    showing_guests,
    signing,
    sweep,
    vocabularies,
)
from crosscut.apps.library.services.arrive import add_version
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.consents import Agreement, give_consent, show_subject, withdraw_consent
from crosscut.apps.library.services.placements import note_placement
from crosscut.apps.library.services.remaking import Calm
from crosscut.apps.library.tasks import frame_film, read_intake
from crosscut.apps.library.tests import making
from crosscut.apps.produce.services.write import create_piece, set_media
from crosscut.apps.publish.services.takedowns import watch_placements
from crosscut.apps.work.models import Job
from crosscut.kernel.facts import Screening, Seen, Sighting, Span
from crosscut.media.provenance import make_authority, sign
from crosscut.media.reframe import KeyPoint
from crosscut.media.screens import flash_profile
from crosscut.media.screens.repairs import with_repairs
from crosscut.media.stills.tests.test_fingerprints import scene
from crosscut.specs.brand import Colour, Must, Word
from tests.cast import Cast

EXAMPLES = Path(__file__).parents[2] / "examples" / "graphics"


def a_brand_kit(cast: Cast) -> str:
    """A kit with all there can be in it: colours that read and do not, a logo, fonts, a template, words, demands."""
    colours = (("Deep sea", "#003355"), ("Reef", "#0d7d87"), ("Sand", "#fff4e0"), ("Coral", "#ff6f59"))
    kit = brands.Kit(
        name="Reef Watch",
        voice="Warm and exact. We say what we saw, and how sure we are.",
        colours=[Colour(name=name, hex=code) for name, code in colours],
        words=[Word(word="cheap", instead="affordable", is_forbidden=True), Word(word="virgin reef*")],
        musts=[Must(words="#ReefWatch", channels=("bluesky", "mastodon")), Must(words="Ad", is_demanded=True)],
        logo_kinds=["image"],
        logo_clear_percent=50,
        logo_least_px=60,
    )
    row = brands.make_kit(cast.senior, kit)
    brands.make_kit(cast.senior, brands.Kit(name="Festival", colours=[Colour(name="Night", hex="#1a1030")]))
    logo, font = EXAMPLES / "turtle.svg", EXAMPLES / "quote" / "fonts" / "DejaVuSans-Bold.ttf"
    drawing = EXAMPLES / "quote" / "square-1080x1080.svg"
    for path, role in ((logo, "logo"), (font, "font"), (drawing, "template")):
        brands.put_file(cast.senior, row.pk, making.taken_in(cast.junior, path).pk, role, note="On light grounds")
    return f"/library/brand/{row.pk}/"


def a_template_to_fill(cast: Cast) -> str:
    """The form of that kit's template."""
    address = a_brand_kit(cast)
    return f"{address}fill/{assets_for(cast.lead).get(brand_files__role='template').pk}/"


def the_brand_kits(cast: Cast) -> str:
    a_brand_kit(cast)
    return "/library/brand/"


def a_shelf(cast: Cast) -> str:
    """A picture, a film whose licence has ended, and one damaged file set aside."""
    with TemporaryDirectory() as folder:
        reef, cut = making.jpeg(Path(folder) / "coral reef.jpg", size=(1600, 1200)), Path(folder) / "cut.jpg"
        cut.write_bytes(reef.read_bytes()[:300])
        making.ingest(cast.junior, reef, making.film(Path(folder) / "dive.mp4"), cut)
    film = assets_for(cast.lead).get(title="dive")
    add_licence(cast.lead, film.pk, Terms(holder="Rosa Diaz", terms="One year", ends_on=date(2025, 8, 31)))
    return "/library/"


def an_asset(cast: Cast) -> str:
    """The page of that film."""
    return f"{a_shelf(cast)}{assets_for(cast.lead).get(title='dive').pk}/"


def an_assets(part: str) -> Callable[[Cast], str]:
    """That part of its page."""
    return lambda cast: f"{an_asset(cast)}view/{part}/"


def the_licences(cast: Cast) -> str:
    """Whose rights the library holds: one licence has ended, one has no end."""
    a_shelf(cast)
    picture = assets_for(cast.lead).get(title="coral reef")
    add_licence(cast.lead, picture.pk, Terms(holder="Ada Reef", terms="CC BY 4.0"))
    return "/library/licences/"


def made_somewhere(cast: Cast, rest: str) -> str:
    """The film and the picture with the places where they were made, on a map or a time line."""
    a_shelf(cast)
    told = ((-3.354, 40.02, "Watamu", "2026-05-03"), (-3.219, 40.117, "Malindi", "2025-11-09"))
    for asset, (north, east, city, day) in zip(assets_for(cast.lead), told, strict=True):
        said = {"latitude_deg": north, "longitude_deg": east, "city": city, "created_on": day}
        about.change(cast.lead, {asset.pk: said})
    return f"/library/{rest}"


def a_described_asset(cast: Cast) -> str:
    """What is known about that film: plenty, some of it changed twice."""
    page = an_asset(cast)
    film = assets_for(cast.lead).get(title="dive")
    said = {
        "headline": "Six things before breakfast",
        "persons": ["Amina Odhiambo", "Ben Okoro"],
        "city": "Watamu",
        "country": "Kenya",
        "creator": ["Rosa Diaz"],
        "contact_email": "rosa@example.org",
        "copyright": "© 2026 Rosa Diaz",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "model_release": "MR-LMR",
        "created_on": "2026-05-03 14:30",
        "digital_source_type": "digitalCapture",
    }
    about.change(cast.junior, {film.pk: said})
    about.change(cast.senior, {film.pk: {"city": "Malindi", "model_release": "MR-UMR"}})
    return f"{page}view/metadata/"


def metadata_of(cast: Cast, part: str) -> str:
    """A page about its fields."""
    return a_described_asset(cast).replace("view/metadata/", part)


def own_words(cast: Cast) -> str:
    """A workspace's own fields, one required and one put away, and a vocabulary that tags come from."""
    custom.create_field(cast.lead, custom.Plan(label="Season", kind="choice", choices=["Dry", "Rainy"]))
    custom.create_field(cast.lead, custom.Plan(label="Project number", is_required=True))
    custom.put_away(cast.lead, custom.create_field(cast.lead, custom.Plan(label="Shelf")).pk)
    words = vocabularies.create_vocabulary(cast.lead, "Sea life")
    vocabularies.add_words(
        cast.lead, words.pk, vocabularies.words_in("term,synonyms,code\nAnimals > Fish > Shark,selachian; hai,medtop:1")
    )
    vocabularies.let_tags_come_from(cast.lead, words.pk, is_for_tags=True)
    return "/library/words/"


def vocabulary_id(cast: Cast) -> str:
    """The rest of the address of that vocabulary."""
    return f"{cast.workspace.vocabularies.get().pk}/"


def an_intake(cast: Cast) -> str:
    """Another library's export: one row changes, one is about nothing here, one cannot be taken."""
    a_described_asset(cast)
    data = "Filename,Name,Photographer,Date\ndive.mp4,Dive at dawn,Rosa Diaz,2026-05-03\ngone.jpg,Gone,,\n"
    upload = SimpleUploadedFile("bynder.csv", f"{data}coral reef.jpg,Reef,,soon\n".encode())
    row = intake.begin(cast.lead, "bynder", [upload])
    read_intake.func(row.job_id, row.pk)
    return f"/library/metadata/{row.pk}/"


def changes_together(cast: Cast) -> str:
    """Two fields of two assets, changed at once."""
    a_described_asset(cast)
    ids = list(assets_for(cast.lead).values_list("pk", flat=True))
    edit = several.Edit(field="city", action=several.Action.SET, value="Oban")
    made = several.apply(cast.lead, ids, [edit])
    return f"/library/changes/{made.pk}/" if made else ""


def several_chosen(cast: Cast) -> str:
    """The page that changes fields of the film and the picture at once."""
    a_described_asset(cast)
    ids = assets_for(cast.lead).values_list("pk", flat=True)
    return f"/library/fields/?{'&'.join(f'asset={pk}' for pk in ids)}"


def many_twins(cast: Cast) -> str:
    """The list of what is here twice: a picture saved three ways, and two more of which one was merged."""
    a_group_of_twins(cast)
    with TemporaryDirectory() as folder:
        other = scene(Path(folder) / "kelp at noon.png", 5, size=(600, 400))
        with Image.open(other) as picture:
            picture.save(Path(folder) / "kelp.webp", lossless=True)
            picture.resize((300, 200)).save(Path(folder) / "kelp_small.jpg")
        kept, first, _second = (
            making.taken_in(cast.junior, Path(folder) / name)
            for name in ("kelp at noon.png", "kelp.webp", "kelp_small.jpg")
        )
    duplicates.compare_new()
    row = merging.merge(cast.lead, merging.Choice(keep=kept.pk, gone=[first.pk]))
    return f"/library/duplicates/?merged={row.pk}"


def a_group_of_twins(cast: Cast) -> str:
    """A picture, the same in another size and the same saved anew; each says something else, and one has a licence."""
    with TemporaryDirectory() as folder:
        master = scene(Path(folder) / "reef at dawn.png", size=(600, 400))
        with Image.open(master) as picture:
            picture.convert("RGB").save(Path(folder) / "reef_final_v2.jpg", quality=80)
            picture.convert("RGB").resize((300, 200)).save(Path(folder) / "reef-small.jpg", quality=70)
        names = ("reef at dawn.png", "reef_final_v2.jpg", "reef-small.jpg")
        first, second, third = (making.taken_in(cast.junior, Path(folder) / name) for name in names)
    duplicates.compare_new()
    said = {"keywords": ["reef"], "city": "Watamu", "description": "The reef at dawn."}
    about.change(
        cast.junior, {first.pk: said, second.pk: {"keywords": ["sea", "dawn"], "headline": "Before breakfast"}}
    )
    about.change(
        cast.junior, {third.pk: {"city": "Malindi", "description": "The reef at dawn, an hour after high tide."}}
    )
    add_licence(cast.lead, second.pk, Terms(holder="Rosa Diaz", terms="CC BY 4.0", credit_line="Rosa Diaz"))
    piece = create_piece(cast.junior, title="Six things before breakfast")
    set_media(cast.junior, piece, third)
    return f"/library/duplicates/copy/{first.pk}/"


def an_asset_with_people(cast: Cast) -> str:
    """The page of that film, with somebody who agreed, somebody who took it back, and a place nobody asked about."""
    page = an_asset(cast)
    film = assets_for(cast.lead).get(title="dive")
    amina = show_subject(cast.lead, film.pk, "Amina Odhiambo")
    give_consent(cast.lead, amina.pk, Agreement(agreed="Release of 3 May, on paper, folder 12", channels=["site"]))
    ben = show_subject(cast.lead, film.pk, "Ben Okoro")
    withdraw_consent(cast.lead, give_consent(cast.lead, ben.pk, Agreement(agreed="By message, 4 May")).pk)
    show_subject(cast.lead, film.pk, "Watamu marine park", kind="place")
    return page


def a_person(cast: Cast) -> str:
    """The page of who took it back."""
    an_asset_with_people(cast)
    return f"/library/people/{Subject.objects.get(name='Ben Okoro').pk}/"


def two_versions(cast: Cast) -> str:
    """The comparison of a picture's two versions."""
    a_shelf(cast)
    with TemporaryDirectory() as folder:
        return _compared(cast, "coral reef", making.jpeg(Path(folder) / "reef-2.jpg", colour="navy", size=(1600, 1200)))


def two_films(cast: Cast) -> str:
    """The comparison of a film's two versions."""
    a_shelf(cast)
    with TemporaryDirectory() as folder:
        return _compared(cast, "dive", making.other_film(Path(folder) / "dive-2.mp4"))


def _compared(cast: Cast, title: str, path: Path) -> str:
    asset = assets_for(cast.lead).get(title=title)
    making.work_off(add_version(cast.junior, asset, path))
    return f"/library/{asset.pk}/compare/"


def an_asset_with_papers(cast: Cast) -> str:
    """The page of a picture whose licence has a price, a renewal and a contract, and which a brochure shows."""
    a_shelf(cast)
    reef = assets_for(cast.lead).get(title="coral reef")
    ends_on = today_in(cast.workspace) + timedelta(days=5)
    terms = Terms(
        holder="Rosa Diaz",
        terms="Commission of 3 May",
        credit_line="Photo: Rosa Diaz",
        ends_on=ends_on,
        cost_minor=125_000,
        currency="EUR",
        renewal="ask",
        notice_on=ends_on - timedelta(days=2),
    )
    licence = add_licence(cast.lead, reef.pk, terms)
    with TemporaryDirectory() as folder:
        contract = Path(folder) / "contract.pdf"
        contract.write_bytes(b"%PDF-1.7 We agree.")
        papers.attach_to_licence(cast.lead, licence.pk, contract, filename="Commission Rosa Diaz, signed.pdf")
    note_placement(cast.lead, reef.pk, "Season brochure, 4,000 printed", url="https://partner.example/season")
    return f"/library/{reef.pk}/view/rights/"


def a_ready_made_licence(cast: Cast) -> str:
    """The page that fills one in."""
    return f"{an_asset(cast)}licences/ready-made/?preset=cc-by-nc-4.0&holder=Rosa+Diaz"


def full_storage(cast: Cast) -> str:
    """The storage of a library with a budget that is exceeded, two months of notes and a look that found something."""
    a_shelf(cast)
    rooms.set_budget(cast.lead, "masters", 50_000_000)
    rooms.set_budget(cast.lead, "previews", 1_000)
    today = today_in(cast.workspace)
    StorageDay.objects.bulk_create(
        StorageDay(
            workspace=cast.workspace,
            storage_class=name,
            day=today - timedelta(days=60 - number),
            size_bytes=number * growth,
            file_count=number,
        )
        for name, growth in (("masters", 9_000_000), ("renditions", 2_500_000), ("previews", 700_000))
        for number in range(1, 60)
    )
    job = sweep.plan_check(cast.lead, is_deep=True, is_dry=True)
    found = sweep.check_storage(is_deep=True, is_dry=True) | {
        "missing_count": 1,
        "missing": ["version 3: 9f86d081884c"],
    }
    Job.objects.filter(pk=job.pk).update(state="done", result=found, ended_at=job.created_at)
    return "/library/storage/"


def a_bin(cast: Cast) -> str:
    """The bin with the film and the picture in it."""
    a_shelf(cast)
    bins.put_into_bin(cast.junior, [asset.pk for asset in assets_for(cast.junior)])
    return "/library/bin/"


def ending_rights(cast: Cast) -> str:
    """What is to be taken down by hand, and what ends soon."""
    an_asset_with_papers(cast)
    film = assets_for(cast.lead).get(title="dive")
    note_placement(cast.lead, film.pk, "Partner's page", url="https://partner.example/dive")
    watch_placements()
    return "/rights/"


def a_checked_film(cast: Cast) -> str:
    """The checks of a film in which a look found flashes, a standing picture and late sound; one is being mended."""
    page = an_asset(cast)
    film = assets_for(cast.lead).get(title="dive")
    making.looked_through(film, _everything())
    assert film.current
    remaking.order(cast.lead, film.current.pk, Calm())
    return f"{page}view/checks/"


def a_framed_film(cast: Cast) -> str:
    """The shapes of a film that was looked at, with a preview and a key point."""
    page = an_asset(cast)
    film = assets_for(cast.lead).get(title="dive")
    assert film.current
    tall = Fraction(9, 16)
    framing.set_points(cast.lead, film.current.pk, tall, [KeyPoint(at_s=Fraction(1, 2), x=0.3, y=0.5)])
    job = reframing.order_preview(cast.lead, film.current.pk, tall)
    frame_film.func(job.pk, film.current.pk, str(tall))
    return f"{page}view/shapes/"


def a_framed_still(cast: Cast) -> str:
    """The shapes of a picture."""
    a_shelf(cast)
    return f"/library/{assets_for(cast.lead).get(title='coral reef').pk}/view/shapes/"


def a_talk(cast: Cast) -> str:
    """A sound with a transcript."""
    with TemporaryDirectory() as folder:
        asset = making.taken_in(cast.junior, making.sound(Path(folder) / "talk.flac"))
    lines = "\n\n".join(f"00:00:0{at}.000 --> 00:00:0{at}.900\n<v Ana>Words that somebody said there" for at in (0, 1))
    Track.objects.create(asset=asset, kind="transcript", language="en", text=f"WEBVTT\n\n{lines}\n")
    return f"/library/{asset.pk}/"


def a_signed_asset(cast: Cast) -> str:
    """Where a picture comes from that was signed before it came in, in a workspace that signs itself."""
    signing.make_signer(cast.lead)
    with TemporaryDirectory() as folder:
        path = making.jpeg(Path(folder) / "signed.jpg", size=(1200, 900))
        sign(path, key=make_authority(Path(folder) / "key", organisation="Reef Trust"))
        asset = making.taken_in(cast.junior, path)
    return f"/library/{asset.pk}/view/origin/"


def _everything() -> Screening:
    """A look that found something of most sorts."""

    def span(start_s: float, end_s: float) -> Span:
        return Span(start_s=Fraction(str(start_s)), end_s=Fraction(str(end_s)))

    flash = Sighting(kind=Seen.FLASH, span=span(0.4, 1.1), per_second=Fraction(8), change=0.5)
    seen = Screening(
        checked_s=Fraction(2),
        frame_rate=Fraction(25),
        flashes=(flash.span,),
        black=(span(0, 0.3),),
        freezes=(span(1.2, 1.9),),
        start_offset_s=Fraction(1, 5),
        sightings=(flash,),
    )
    return replace(seen, sightings=with_repairs(seen, flash_profile("wcag")))


def two_ways_in(cast: Cast) -> str:
    """A folder where all is well, a mailbox that is paused, a bucket, and a card reader with two cards."""
    about = {"workspace": cast.workspace, "created_by": cast.lead}
    WayIn.objects.create(kind="folder", name="Studio drop box", settings={"path": "/srv/studio"}, taken=412, **about)
    told = {"host": "imap.example.org", "user": "photos@example.org", "senders": ["rosa@example.org"]}
    problem = "imap.example.org does not let photos@example.org in. Is the password right?"
    WayIn.objects.create(kind="mail", name="Photos by mail", settings=told, problem=problem, is_on=False, **about)
    bucket = {"bucket": "deliveries", "prefix": "shoots/2026/", "endpoint": "", "region": "eu-central-1"}
    WayIn.objects.create(kind="bucket", name="Agency", settings=bucket, taken=31, **about)
    reader = WayIn.objects.create(kind="card", name="Card reader", settings={"path": "/media/cards"}, **about)
    now = timezone.now()
    seen = {"way": reader, "layout": "DCIM", "count": 312, "size_bytes": 5_400_000_000, "seen_at": now, "state": "s"}
    card = Card.objects.create(key="a", label="EOS_DIGITAL", compared_at=now, compared_state="s", **seen)
    Together.objects.create(workspace=cast.workspace, card=card, kind="burst", name="IMG_0041 – IMG_0052")
    lacking = ["DCIM/100MEDIA/A001.BRAW", "DCIM/100MEDIA/IMG_0007.JPG"]
    Card.objects.create(key="b", label="REEF_2", compared_at=now, compared_state="s", lacking=lacking, **seen)
    return "/library/ways-in/"


def a_collection(cast: Cast) -> str:
    """A collection of a picture, a sound and a film that guests do not see, shown to two guests."""
    _shown(cast, "")
    row = Collection.objects.get()
    showing_guests.end_showing(cast.lead, showing_guests.show_collection(cast.lead, row.pk, _guest("Ada Press"))[0].pk)
    return f"/library/collections/{row.pk}/"


def the_collections(cast: Cast) -> str:
    """The list of that one, one that fills itself, and an empty one."""
    a_collection(cast)
    collecting.make_collection(cast.junior, "Everything green", search="colour:green type:image")
    collecting.make_collection(cast.junior, "Winter appeal")
    return "/library/collections/"


def a_lightbox(cast: Cast) -> str:
    """That collection as its guest sees it."""
    return _shown(cast, "")


def a_lightbox_picture(cast: Cast) -> str:
    """Its picture large, with downloads."""
    url = _shown(cast, "")
    return f"{url}?item={assets_for(cast.lead).get(title='coral reef').pk}"


def a_locked_lightbox(cast: Cast) -> str:
    """The same behind a password."""
    return _shown(cast, "kelp-and-coral")


def _shown(cast: Cast, password: str) -> str:
    a_shelf(cast)
    with TemporaryDirectory() as folder:
        wide = making.jpeg(Path(folder) / "sea grass.jpg", colour="seagreen", size=(1200, 1600))
        making.ingest(cast.junior, wide, making.sound(Path(folder) / "surf.flac"))
    assets = list(assets_for(cast.lead).order_by("pk"))
    for asset in assets:
        if asset.title != "dive":
            add_licence(cast.lead, asset.pk, Terms(holder="Rosa Diaz", terms="Own work"))
    notes = "For the annual report. Please choose four by Friday."
    row = collecting.make_collection(
        cast.junior, "Reefs of the year", notes=notes, asset_ids=[one.pk for one in assets]
    )
    wish = _guest("Ben Client", password=password, downloads="original")
    link, url = showing_guests.show_collection(cast.lead, row.pk, wish)
    showing_guests.note(link, "opened")
    return url[url.index("/lightbox/") :]


def _guest(name: str, *, password: str = "", downloads: str = "none") -> showing_guests.Showing:
    return showing_guests.Showing(name=name, password=password, downloads=downloads)
