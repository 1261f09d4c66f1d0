"""Listens: Whisper through faster-whisper with a model from a folder, and pocketsphinx to find known words in sound."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.films.facts import open_media
from crosscut.media.inside.sound.listening import decoded, first_sound
from crosscut.media.speech.script import Spoken
from crosscut.media.transcripts.records import How, Transcript, Word

RATE_HZ = 16_000  # what both engines were trained on
FRAME_S = Fraction(1, 100)  # of pocketsphinx
FIT_SCALE = 300  # spreads what pocketsphinx's scores a frame differ by over 0 to 1: ours, by trying
LEAST_FIT = 0.5  # on average: right scripts reached 0.69 and more, wrong ones stayed below
NOT_THIS_SCRIPT = phrase("The sound does not follow the script: check that it is the text of this very recording.")
Samples = np.ndarray[Any, np.dtype[np.int16]]


def samples(path: Path) -> Samples:
    """The first sound of a file, mono, 16 bits at 16 kHz. Raises Damaged or Unsupported."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    parts: list[Samples] = []
    try:
        with open_media(path) as container:
            for frame in decoded(container, first_sound(path, container)):
                parts += [made.to_ndarray().reshape(-1).astype(np.int16) for made in resampler.resample(frame)]
            parts += [made.to_ndarray().reshape(-1).astype(np.int16) for made in resampler.resample(None)]
    except FFmpegError as fault:
        raise Damaged(path, phrase("The sound cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault
    heard = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    if len(heard) < RATE_HZ // 10:
        raise Damaged(path, phrase("The sound is shorter than a tenth of a second."), code="media.too_short")
    return heard


def transcribe(path: Path, model_folder: Path, language: str) -> Transcript:
    """What Whisper hears. The model is read from the folder and from nowhere else."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    import faster_whisper

    heard = samples(path)
    try:
        model = faster_whisper.WhisperModel(
            str(model_folder), device="cpu", compute_type="int8", local_files_only=True, cpu_threads=2
        )
    except (RuntimeError, ValueError, OSError) as fault:
        message = phrase(
            "The model in {model_folder} cannot be loaded: {fault}. Put a CTranslate2 Whisper model there.",
            model_folder=model_folder,
            fault=fault,
        )
        raise Unsupported(message) from fault
    segments, info = model.transcribe(
        heard.astype(np.float32) / 32768, language=language or None, word_timestamps=True, vad_filter=True
    )
    duration_s = Fraction(len(heard), RATE_HZ)
    words = _in_order([word for segment in segments for word in segment.words or ()], duration_s)
    version = f"faster-whisper {faster_whisper.__version__}"
    return Transcript(words=words, duration_s=duration_s, language=info.language, engine=version)


def _in_order(found: Sequence[Any], duration_s: Fraction) -> tuple[Word, ...]:
    """Whisper's words, which now and then overlap by a few hundredths, one after another."""
    words, last_s = [], Fraction(0)
    for word in found:
        start_s = min(max(_hundredths(word.start), last_s), duration_s)
        last_s = min(max(_hundredths(word.end), start_s), duration_s)
        words.append(
            Word(text=word.word.strip(), start_s=start_s, end_s=last_s, confidence=round(float(word.probability), 3))
        )
    return tuple(word for word in words if word.text)


def _hundredths(time_s: float) -> Fraction:
    return Fraction(round(time_s * 100), 100)


def _dictionary() -> set[str]:
    """The words that the English model can say."""
    from pocketsphinx import get_model_path

    text = Path(get_model_path("en-us/cmudict-en-us.dict")).read_text("utf-8")
    return {line.split(" ", 1)[0] for line in text.splitlines()}


def align(path: Path, script: list[Spoken]) -> Transcript:
    """When each word of the script is said. Raises Unsupported when the sound does not follow it."""
    heard = samples(path)
    # Wider beams than usual: a script that is right must not be lost in a breath or a cough.
    decoder = _decoder(beam=1e-80, pbeam=1e-80, wbeam=1e-60, bestpath=False)
    known = _dictionary()
    sought = [spoken for spoken in script if spoken.key in known or spoken.sounds]
    for sounds_of in {spoken.key: spoken.sounds for spoken in sought if spoken.key not in known}.items():
        decoder.add_word(*sounds_of, False)
    keys = [spoken.key for spoken in sought]
    if not keys:
        raise Unsupported(phrase("No word of the script can be looked for: write figures and signs in words."))
    decoder.set_align_text(" ".join(keys))
    found = [segment for segment in _listened(decoder, heard) if not segment.word.startswith(("<", "[", "++", "("))]
    if [_bare(segment.word) for segment in found] != keys:
        raise Unsupported(NOT_THIS_SCRIPT)
    found = _rated(found, heard)
    if sum(segment.fit for segment in found) < LEAST_FIT * len(found):
        raise Unsupported(NOT_THIS_SCRIPT)
    duration_s = Fraction(len(heard), RATE_HZ)
    times = iter(found)
    words = [
        _word(spoken, next(times), duration_s, How.HEARD if spoken.key in known else How.BY_RULE)
        if spoken.key in known or spoken.sounds
        else None
        for spoken in script
    ]
    return Transcript(words=_filled(script, words, duration_s), duration_s=duration_s, language="en")


@dataclass(frozen=True, kw_only=True)
class _Segment:
    """A word where the engine found it."""

    word: str
    first: int  # frame
    last: int  # frame
    score: float  # logarithm of how likely the sound is for this word
    fit: float = 0.0  # 0 to 1: how much worse that is than the best sounds of the language at this place


def _decoder(**settings: Any) -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(lm=None, loglevel="FATAL", **settings)


def _listened(decoder: Any, heard: Samples) -> list[_Segment]:
    """What the decoder finds in all of the sound."""
    decoder.start_utt()
    decoder.process_raw(heard.tobytes(), full_utt=True)
    decoder.end_utt()
    return [
        _Segment(word=each.word, first=each.start_frame, last=each.end_frame, score=math.log(max(each.ascore, 1e-300)))
        for each in decoder.seg() or ()
    ]


def _rated(found: list[_Segment], heard: Samples) -> list[_Segment]:
    """The words with their fit, against what the engine hears when it may put any sound after any other."""
    from pocketsphinx import get_model_path

    free = _decoder(allphone=get_model_path("en-us/en-us-phone.lm.bin"), lw=2.0, beam=1e-20, pbeam=1e-20)
    best = np.zeros(max(each.last for each in found) + 2)
    for sound in _listened(free, heard):
        best[sound.first : sound.last + 1] = sound.score / (sound.last - sound.first + 1)
    rated = []
    for each in found:
        frames = each.last - each.first + 1
        behind = (each.score - float(best[each.first : each.last + 1].sum())) / frames
        rated.append(replace(each, fit=round(min(math.exp(FIT_SCALE * behind), 1.0), 3)))
    return rated


def _bare(word: str) -> str:
    """A word without the number of its pronunciation: "the(2)" is "the"."""
    return word.partition("(")[0]


def _word(spoken: Spoken, segment: _Segment, duration_s: Fraction, how: How) -> Word:
    start_s, end_s = (min(frame * FRAME_S, duration_s) for frame in (segment.first, segment.last + 1))
    return Word(text=spoken.text, start_s=start_s, end_s=end_s, confidence=segment.fit, how=how)


def _filled(script: list[Spoken], words: list[Word | None], duration_s: Fraction) -> tuple[Word, ...]:
    """The words with those that could not be looked for spread evenly over the time between their neighbours."""
    made: list[Word] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word is not None:
            made.append(word)
            index += 1
            continue
        after = next((other for other in range(index, len(words)) if words[other] is not None), len(words))
        from_s = made[-1].end_s if made else Fraction(0)
        following = words[after] if after < len(words) else None
        step_s = ((following.start_s if following else duration_s) - from_s) / (after - index)
        for number in range(after - index):
            start_s = from_s + number * step_s
            made.append(
                Word(text=script[index + number].text, start_s=start_s, end_s=start_s + step_s, how=How.INTERPOLATED)
            )
        index = after
    return tuple(made)
