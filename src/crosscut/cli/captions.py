"""`crosscut captions`: check, mend, convert and align captions. Needs no database."""

import json
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from crosscut.cli.answers import AsJson, Exit, say, say_json
from crosscut.kernel.captions import CaptionLimits
from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Finding, Level, blocking
from crosscut.kernel.records import as_data
from crosscut.media import captions as files
from crosscut.media.speech import align as align_speech
from crosscut.media.speech import transcribe as transcribe_speech
from crosscut.media.transcripts import Transcript, captions_from
from crosscut.specs import caption_limits, check_captions

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Check, mend and convert captions; make them from a script or speech.",
)

File = Annotated[Path, typer.Argument(help="Captions: SRT, WebVTT, TTML, SCC, ASS or EBU STL.")]
Profile = Annotated[str, typer.Option("--profile", help="Whose rules: house, netflix, bbc, dcmp.")]
Language = Annotated[str, typer.Option("--language", help="Of the words: en, pt-BR. Empty: as the file says, else en.")]
Audience = Annotated[str, typer.Option("--audience", help="Who reads: adults, children, adults_sdh, ...")]
Rate = Annotated[str, typer.Option("--rate", help="Frames a second of the film: 25, 30000/1001. Empty: 24.")]
Shots = Annotated[Path | None, typer.Option("--shots", help="A file with a shot change per line, in seconds.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write; the ending says the format.")]


def _rate(text: str) -> Fraction | None:
    if not text:
        return None
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 1000:
        raise Invalid.at("--rate", f"{text!r} is no frame rate; write 25 or 30000/1001.")
    return rate


def _shots(path: Path | None) -> tuple[Fraction, ...]:
    if path is None:
        return ()
    try:
        return tuple(sorted(Fraction(line.strip()) for line in path.read_text("utf-8").splitlines() if line.strip()))
    except (OSError, ValueError, ZeroDivisionError) as fault:
        message = f"{path} cannot be read as shot changes: write one time in seconds on each line, such as 12.48."
        raise Invalid.at("--shots", message) from fault


def _language(asked: str, document: files.Document) -> str:
    return asked or document.language or "en"


@app.command()
def check(  # noqa: PLR0913 - the options of a command
    file: File,
    profile: Profile = "house",
    language: Language = "",
    audience: Audience = "adults",
    rate: Rate = "",
    shots: Shots = None,
    as_json: AsJson = False,
) -> None:
    """Say what is hard to read in captions, why, and what to do. Ends with 1 when something is broken."""
    document = files.read_document(file)
    found = check_captions(
        document.cues,
        profile,
        language=_language(language, document),
        audience=audience,
        frame_rate=_rate(rate) or document.frame_rate,
        shots=_shots(shots),
    )
    if as_json:
        say_json({"findings": as_data(found), "warnings": as_data(document.warnings)})
    else:
        _print(file, document, found)
    if blocking(found):
        raise typer.Exit(Exit.BLOCKED)


def _print(file: Path, document: files.Document, found: Sequence[Finding]) -> None:
    console = Console(highlight=False)
    verdict = f"{len(found)} findings" if len(found) != 1 else "1 finding"
    console.print(f"{file.name}: {len(document.cues)} captions, {document.format}, {verdict}", markup=False)
    for warning in document.warnings:
        console.print(f"  · {warning}", soft_wrap=True, markup=False)
    for finding in found:
        mark = "✗" if finding.level is Level.BLOCK else "·"
        console.print(
            f"  {mark} {finding.where.removeprefix('captions ')} {finding.message}", soft_wrap=True, markup=False
        )
        console.print(f"      → {finding.repair}", soft_wrap=True, markup=False)
        if finding.source:
            console.print(f"      {finding.source}", style="dim", soft_wrap=True, markup=False)


@app.command()
def fix(  # noqa: PLR0913 - the options of a command
    file: File,
    out: Out = None,
    profile: Profile = "house",
    language: Language = "",
    audience: Audience = "adults",
    rate: Rate = "",
    shots: Shots = None,
    as_json: AsJson = False,
) -> None:
    """Mend captions without changing a word, and say what remains. Writes <name>.fixed.<ending> beside the file."""
    document = files.read_document(file)
    limits = caption_limits(
        profile,
        language=_language(language, document),
        audience=audience,
        frame_rate=_rate(rate) or document.frame_rate,
    )
    fixed = files.fix(document.cues, limits, shots=_shots(shots))
    ending = file.suffix if document.format in files.WRITERS and file.suffix else ".vtt"
    target = out or file.with_name(f"{file.stem}.fixed{ending}")
    lost = _write(files.with_cues(document, fixed.cues), target)
    answer = {"file": str(target), "changes": fixed.changes, "remaining": fixed.remaining, "lost": lost}
    _answer(answer, as_json=as_json)


@app.command()
def convert(
    file: File,
    out: Annotated[Path, typer.Argument(help="Where to write: .srt, .vtt, .ttml, .scc or .ass.")],
    as_json: AsJson = False,
) -> None:
    """Write captions in another format, and say what it cannot hold."""
    document = files.read_document(file)
    lost = _write(document, out)
    _answer({"file": str(out), "warnings": document.warnings, "lost": lost}, as_json=as_json)


@app.command()
def align(
    sound: Annotated[Path, typer.Argument(help="A film or sound in which the script is spoken, in English.")],
    script: Annotated[Path, typer.Argument(help="The words, as a text file.")],
    out: Out = None,
    words: Annotated[Path | None, typer.Option("--words", help="Where to write every word with its times.")] = None,
    profile: Profile = "house",
    as_json: AsJson = False,
) -> None:
    """Make captions from a script and the recording of it. Writes <sound>.vtt beside the sound."""
    try:
        text = script.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid.at(str(script), "The script cannot be read: give a text file in UTF-8.") from fault
    _listened(align_speech(sound, text), sound, (out, words), caption_limits(profile), as_json=as_json)


@app.command()
def transcribe(  # noqa: PLR0913 - the options of a command
    sound: Annotated[Path, typer.Argument(help="A film or sound with speech.")],
    model: Annotated[Path, typer.Option("--model", help="The folder of a Whisper model for CTranslate2.")],
    out: Out = None,
    words: Annotated[Path | None, typer.Option("--words", help="Where to write every word with its times.")] = None,
    language: Language = "",
    profile: Profile = "house",
    as_json: AsJson = False,
) -> None:
    """Make captions of speech with a Whisper model of yours; nothing is downloaded."""
    transcript = transcribe_speech(sound, model, language=language)
    limits = caption_limits(profile, language=transcript.language or "en")
    _listened(transcript, sound, (out, words), limits, as_json=as_json)


def _listened(
    transcript: Transcript,
    sound: Path,
    targets: tuple[Path | None, Path | None],
    limits: CaptionLimits,
    *,
    as_json: bool,
) -> None:
    """Writes the captions of a transcript, and its words where they are wanted."""
    fixed = captions_from(transcript, limits)
    target = targets[0] or sound.with_suffix(".vtt")
    lost = _write(files.Document(format="vtt", cues=fixed.cues, language=transcript.language), target)
    if targets[1]:
        _put(targets[1], json.dumps(as_data(transcript), ensure_ascii=False, indent=1).encode())
    doubtful = [transcript.words[number].text for number in transcript.doubtful()]
    answer = {"file": str(target), "doubtful_words": doubtful, "remaining": fixed.remaining, "lost": lost}
    _answer(answer, as_json=as_json)


def _write(document: files.Document, target: Path) -> tuple[Any, ...]:
    """Writes the captions whole or not at all; returns what the format cannot hold."""
    written = files.convert(document, files.format_of(target))
    _put(target, written.data)
    return written.lost


def _put(target: Path, data: bytes) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(target)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        raise Invalid.at(str(target), f"It cannot be written: {fault.strerror}.") from fault


def _answer(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json({key: [as_data(each) for each in value] if key != "file" else value for key, value in answer.items()})
        return
    say(f"Written: {answer.pop('file')}")
    titles = {
        "changes": "Done",
        "remaining": "Remains",
        "lost": "Not kept",
        "warnings": "Read with doubt",
        "doubtful_words": "Look at the times of",
    }
    for key, values in answer.items():
        for value in values:
            say(f"{titles[key]}: {value}")
