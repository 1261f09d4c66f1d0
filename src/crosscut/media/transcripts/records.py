"""What was said and when: words with times."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


class How(StrEnum):
    """Where a word's times come from."""

    HEARD = "heard"  # found in the sound
    BY_RULE = "by_rule"  # found in the sound with a pronunciation guessed from its letters
    INTERPOLATED = "interpolated"  # not found: set between its neighbours


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word with its punctuation."""

    text: str
    start_s: Fraction
    end_s: Fraction
    confidence: float | None = None  # 0 to 1, as the engine says; None where it says nothing
    speaker: str = ""
    how: How = How.HEARD


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """The words of a recording in time."""

    words: tuple[Word, ...]
    duration_s: Fraction  # of the recording
    language: str = ""  # BCP 47
    engine: str = ""  # "faster-whisper 1.2.1", "pocketsphinx 5.1.1"

    @property
    def text(self) -> str:
        """The words as running text."""
        return " ".join(word.text for word in self.words)

    def doubtful(self, below: float = 0.5) -> tuple[int, ...]:
        """The numbers of the words whose times or letters deserve a look: guessed, set between others, or unsure."""
        return tuple(
            index
            for index, word in enumerate(self.words)
            if word.how is not How.HEARD or (word.confidence is not None and word.confidence < below)
        )


def checked(words: Sequence[Word], duration_s: Fraction) -> tuple[Word, ...]:
    """The words if they are in order, apart and inside the recording. Raises Invalid naming the first that is not."""
    last_s = Fraction(0)
    for number, word in enumerate(words, 1):
        if not last_s <= word.start_s <= word.end_s <= duration_s:
            message = phrase(
                "“{text}” is not in order: words follow each other and lie inside the recording.", text=word.text
            )
            raise Invalid.at(f"word {number}", message, code="transcript.out_of_order")
        last_s = word.end_s
    return tuple(words)
