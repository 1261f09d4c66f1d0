"""Making another version, or another asset, of what is in the library: mended, cut, levelled, in another form.

Each thing that can be done is an operation: a frozen record of its settings (`records.Operation`). `order` starts a
job, and the job makes the file, takes it in as any other, and moves captions and chapters with it.
"""

from crosscut.apps.library.services.remaking.forms_of_sound import Audiogram, Finish
from crosscut.apps.library.services.remaking.ordering import REMAKE, jobs_of, order
from crosscut.apps.library.services.remaking.pictures import Calm, CutOut, MendSound
from crosscut.apps.library.services.remaking.running import run
from crosscut.apps.library.services.remaking.sounds import Clean, Level
from crosscut.apps.library.services.remaking.templates import FillTemplate
from crosscut.apps.library.services.remaking.words import StrikeWords

__all__ = [
    "REMAKE",
    "Audiogram",
    "Calm",
    "Clean",
    "CutOut",
    "FillTemplate",
    "Finish",
    "Level",
    "MendSound",
    "StrikeWords",
    "jobs_of",
    "order",
    "run",
]
