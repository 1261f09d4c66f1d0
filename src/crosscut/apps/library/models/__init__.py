"""Assets and what is known about them."""

from crosscut.apps.library.models.arrivals import Arrival
from crosscut.apps.library.models.assets import Asset, Rendition, Track, Version
from crosscut.apps.library.models.likeness import Fingerprint
from crosscut.apps.library.models.rights import Consent, Licence, RightsAnswer, Subject

__all__ = [
    "Arrival",
    "Asset",
    "Consent",
    "Fingerprint",
    "Licence",
    "Rendition",
    "RightsAnswer",
    "Subject",
    "Track",
    "Version",
]
