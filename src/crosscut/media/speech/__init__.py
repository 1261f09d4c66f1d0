"""Speech: what is said in a recording (with a Whisper model of yours), and when the words of a script are said.

transcript = transcribe(path, model_folder)      any language the model knows
transcript = align(path, script)                 English only: no other model ships with the engine
"""

import importlib.util
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from crosscut.kernel.errors import Invalid, NotFound, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import GIBI, Caps
from crosscut.media.speech.script import spoken_of
from crosscut.media.transcripts.records import Transcript

LISTENING = Caps(wall_s=6 * 3600, cpu_s=12 * 3600, memory_bytes=12 * GIBI)  # a large model takes 3 GiB, in int8
MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")  # of a Whisper model converted for CTranslate2
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
SCRIPT_WORDS_LIMIT = 20_000  # two hours of talk
_INSTALL = phrase("Install the speech engines: pip install 'crosscut[speech]'.")
_NO_MODEL = phrase(
    "Put a Whisper model converted for CTranslate2 there, such as Systran/faster-whisper-small: "
    "model.bin, config.json, tokenizer.json and vocabulary.txt or vocabulary.json. Crosscut "
    "downloads nothing."
)


def transcribe(path: Path, model_folder: Path, *, language: str = "", should_stop: ShouldStop = never) -> Transcript:
    """What is said in the recording, word by word with times and confidence; `language` empty: the model finds out.

    The model is read from the folder; nothing is ever downloaded. Raises Unavailable without the engine, NotFound or
    Unsupported when the folder holds no whole model, Damaged for a recording that cannot be read.
    """
    _demand("faster_whisper")
    check_model(model_folder)
    return capped.call(
        "speech:transcribe",
        Transcript,
        caps=LISTENING,
        should_stop=should_stop,
        path=path,
        model_folder=model_folder,
        language=language,
    )


def check_model(folder: Path) -> None:
    """Nothing, if the folder holds a whole model. Raises NotFound or Unsupported with what is missing and where."""
    if not folder.is_dir():
        raise NotFound(phrase("There is no folder {folder}. {no_model}", folder=folder, no_model=_NO_MODEL))
    missing = [name for name in MODEL_FILES if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARIES):
        missing.append(" or ".join(VOCABULARIES))
    if missing:
        raise Unsupported(
            phrase(
                "The folder {folder} lacks {missing}. {no_model}",
                folder=folder,
                missing=", ".join(missing),
                no_model=_NO_MODEL,
            )
        )


def align(path: Path, script: str, *, language: str = "en", should_stop: ShouldStop = never) -> Transcript:
    """When each word of the script is said in the recording. English only.

    Words that the dictionary lacks are looked for by a rule for their letters and marked `by_rule`; figures are set
    between their neighbours and marked `interpolated`. What stands in [square brackets] is no speech and left out.
    Raises Unsupported for other languages and when the recording does not follow the script, Invalid for an empty or
    endless one, Unavailable without the engine.
    """
    if language.split("-")[0].lower() != "en":
        message = phrase(
            "There is no model to align {language!r} with: only English ships with the engine. Transcribe it with a "
            "Whisper model instead.",
            language=language,
        )
        raise Unsupported(message)
    _demand("pocketsphinx")
    words = spoken_of(script)
    if not 1 <= len(words) <= SCRIPT_WORDS_LIMIT:
        message = phrase(
            "The script has {words:,} words; it must have 1 to {script_words_limit:,}.",
            words=len(words),
            script_words_limit=SCRIPT_WORDS_LIMIT,
        )
        raise Invalid.at("script", message, code="script.length")
    made = capped.call("speech:align", Transcript, caps=LISTENING, should_stop=should_stop, path=path, script=words)
    return replace(made, engine=f"pocketsphinx {version('pocketsphinx')}")


def _demand(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise Unavailable(
            phrase(
                "{module} is not installed, so speech cannot be listened to. {install}", module=module, install=_INSTALL
            )
        )


__all__ = ["align", "check_model", "transcribe"]
