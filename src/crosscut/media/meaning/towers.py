"""The process in which a model runs, from outside: pixels and words in, vectors out."""

import atexit
import base64
import json
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from crosscut.kernel.errors import Invalid, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data
from crosscut.media.meaning.models import Model
from crosscut.media.meaning.views import View
from crosscut.media.partner import Partner

Vectors = npt.NDArray[np.float32]  # a row of length 1 for each


class Towers(Partner):
    """The process that turns pictures and words into vectors, one request at a time. It reads a tower at its first use.

    Close it, or use it in a `with` statement.
    """

    def __init__(self, model: Model) -> None:
        super().__init__("towers", json.dumps(as_data(model)))
        self.model = model

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, of which the model reads the first `most_tokens`. Raises Unavailable, Unsupported."""
        return self._vectors({"texts": list(texts)}, b"", len(texts))

    def of_pictures(self, seen: Sequence[View]) -> Vectors:
        """A vector for each view. Raises Unavailable, Unsupported."""
        pixels = b"".join(base64.b64decode(view.rgb) for view in seen)
        if len(pixels) != len(seen) * self.model.side_px**2 * 3:
            raise Invalid(phrase("These views were drawn for another model."))
        return self._vectors({"pictures": len(seen)}, pixels, len(seen))

    def _vectors(self, request: dict[str, Any], payload: bytes, count: int) -> Vectors:
        answer = self.ask(request, payload)
        if "error" in answer.told:
            raise Unsupported(phrase("The model cannot be used: {error}", error=str(answer.told["error"])[:500]))
        try:
            found = np.frombuffer(answer.raw, "<f4").reshape(answer.told["shape"])
        except (ValueError, KeyError, TypeError) as fault:
            raise Unavailable(phrase("The model gave no answer; try again."), after_s=5) from fault
        if len(found) != count:
            raise Unsupported(phrase("The model cannot be used: {error}", error=f"{len(found)} vectors for {count}"))
        return found


def standing(model: Model) -> Towers:
    """The towers of this process, kept for what somebody waits for: starting them takes a second or two."""
    global _standing
    with _standing_lock:
        if _standing is None or _standing.model != model or not _standing.is_usable():
            _end_unlocked()
            _standing = Towers(model)
        return _standing


@atexit.register
def end_standing() -> None:
    """Ends the kept towers; the next use starts others."""
    with _standing_lock:
        _end_unlocked()


def _end_unlocked() -> None:
    global _standing
    if _standing is not None:
        _standing.close()
        _standing = None


_standing: Towers | None = None
_standing_lock = Lock()
