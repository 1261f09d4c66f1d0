"""Everything that can be made of a version, by its name in jobs and in the API."""

from crosscut.apps.library.services.remaking.forms_of_sound import Audiogram, Finish
from crosscut.apps.library.services.remaking.pictures import Calm, CutOut, MendSound
from crosscut.apps.library.services.remaking.records import Operation
from crosscut.apps.library.services.remaking.sounds import Clean, Level
from crosscut.apps.library.services.remaking.templates import FillTemplate
from crosscut.apps.library.services.remaking.words import StrikeWords

OPERATIONS: dict[str, type[Operation]] = {
    "calm": Calm,
    "cut": CutOut,
    "mend_sound": MendSound,
    "level": Level,
    "clean": Clean,
    "audiogram": Audiogram,
    "episode": Finish,
    "strike_words": StrikeWords,
    "fill": FillTemplate,
}


def name_of(operation: Operation) -> str:
    """The name under which the operation is known."""
    return next(name for name, kind in OPERATIONS.items() if type(operation) is kind)
