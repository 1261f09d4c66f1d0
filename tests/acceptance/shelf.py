"""Libraries with something in them: what the library's pages are looked at with. Each gives an address."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crosscut.apps.library.models import Subject
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services import about
from crosscut.apps.library.services.arrive import add_version
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.consents import Agreement, give_consent, show_subject, withdraw_consent
from crosscut.apps.library.tests import making
from tests.cast import Cast


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
