"""Records for the tests, right in every way until a test says otherwise."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from crosscut.kernel.facts import AudioStream, Kind, MediaFacts, Picture, VideoStream
from crosscut.specs import DraftMedia, Holdings, Licence

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def only(findings):
    assert len(findings) == 1, findings
    return findings[0]


def picture(media_type: str = "image/jpeg", size_bytes: int = 900_000, **about: Any) -> MediaFacts:
    still = Picture(**{"width_px": 1200, "height_px": 900, **about})
    return MediaFacts(
        kind=Kind.IMAGE, media_type=media_type, container=media_type[6:], size_bytes=size_bytes, picture=still
    )


def film(duration_s: int | Fraction = 20, *, sound: bool = True, **about: Any) -> MediaFacts:
    audio = (AudioStream(codec="aac", rate_hz=48_000, channels=2),) if sound else ()
    stream: dict[str, Any] = {
        "codec": "h264",
        "width_px": 1280,
        "height_px": 720,
        "frame_rate": Fraction(25),
        "bit_rate_bps": 2_000_000,
    }
    return MediaFacts(
        kind=Kind.VIDEO,
        media_type=about.pop("media_type", "video/mp4"),
        container="mp4",
        size_bytes=about.pop("size_bytes", 8_000_000),
        duration_s=Fraction(duration_s),
        loudness=about.pop("loudness", None),
        audio=about.pop("audio", audio),
        video=(VideoStream(**{**stream, **about}),),
    )


def sound(media_type: str = "audio/mpeg", codec: str = "mp3", **about: Any) -> MediaFacts:
    stream = AudioStream(codec=codec, rate_hz=about.pop("rate_hz", 44_100), channels=about.pop("channels", 2))
    values: dict[str, Any] = {"size_bytes": 20_000_000, "duration_s": Fraction(1200), **about}
    return MediaFacts(kind=Kind.AUDIO, media_type=media_type, container="mp3", audio=(stream,), **values)


def licence(**about: Any) -> Licence:
    return Licence(**{"holder": "Ana Reyes", "terms": "CC BY 4.0", **about})


def held(*licences: Licence, **about: Any) -> Holdings:
    return Holdings(licences=licences, **about)


def media(facts: MediaFacts | None = None, **about: Any) -> DraftMedia:
    values: dict[str, Any] = {
        "alt_text": "A sea turtle over pale coral.",
        "filename": "turtle.jpg",
        "holdings": held(licence()),
    }
    return DraftMedia(facts=facts or picture(), **{**values, **about})


def day(text: str) -> date:
    return date.fromisoformat(text)
