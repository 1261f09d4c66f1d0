"""The language of the terminal."""

import gettext
import os
from pathlib import Path

from crosscut.kernel.phrases import Translator
from crosscut.kernel.pseudo import PSEUDO, Pseudo

_CATALOGUES = Path(__file__).parents[1] / "locale"


def translator() -> Translator:
    """Says messages in the language the terminal is set to (LANGUAGE, LC_ALL, LC_MESSAGES, LANG), else in English."""
    if _wanted() in PSEUDO:
        return Pseudo(PSEUDO[_wanted()])
    return gettext.translation("django", _CATALOGUES, fallback=True)


def _wanted() -> str:
    set_to = (os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, set_to), "").partition(":")[0].partition(".")[0]
