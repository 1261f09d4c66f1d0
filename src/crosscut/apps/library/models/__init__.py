"""Assets and what is known about them."""

from crosscut.apps.library.models.arrivals import Arrival, ArrivalEvent
from crosscut.apps.library.models.assets import Asset, Framing, OtherLook, Rendition, Track, Version
from crosscut.apps.library.models.brands import BrandFile, BrandKit
from crosscut.apps.library.models.collections import Collection, CollectionItem, CollectionLink, LinkEvent
from crosscut.apps.library.models.likeness import Fingerprint
from crosscut.apps.library.models.meaning import Meaning
from crosscut.apps.library.models.metadata import (
    ChangeSet,
    CustomField,
    FacePlace,
    FieldChange,
    Intake,
    IntakeRow,
    Term,
    Vocabulary,
)
from crosscut.apps.library.models.rights import Consent, Licence, Paper, Placement, RightsAnswer, Subject
from crosscut.apps.library.models.rooms import ColdFile, StorageBudget, StorageClass, StorageDay
from crosscut.apps.library.models.searching import LiveOn, Posting, RowsFile, SavedSearch, Unposted, Word
from crosscut.apps.library.models.signing import Signer
from crosscut.apps.library.models.splitting import SplitPart, SplitRender
from crosscut.apps.library.models.touched import Touched
from crosscut.apps.library.models.twins import Merge, TwinPair
from crosscut.apps.library.models.uploads import Upload
from crosscut.apps.library.models.ways import Card, Together, WayIn, WayItem

__all__ = [
    "Arrival",
    "ArrivalEvent",
    "Asset",
    "BrandFile",
    "BrandKit",
    "Card",
    "ChangeSet",
    "ColdFile",
    "Collection",
    "CollectionItem",
    "CollectionLink",
    "Consent",
    "CustomField",
    "FacePlace",
    "FieldChange",
    "Fingerprint",
    "Framing",
    "Intake",
    "IntakeRow",
    "Licence",
    "LinkEvent",
    "LiveOn",
    "Meaning",
    "Merge",
    "OtherLook",
    "Paper",
    "Placement",
    "Posting",
    "Rendition",
    "RightsAnswer",
    "RowsFile",
    "SavedSearch",
    "Signer",
    "SplitPart",
    "SplitRender",
    "StorageBudget",
    "StorageClass",
    "StorageDay",
    "Subject",
    "Term",
    "Together",
    "Touched",
    "Track",
    "TwinPair",
    "Unposted",
    "Upload",
    "Version",
    "Vocabulary",
    "WayIn",
    "WayItem",
    "Word",
]
