"""The names documents use for formats and codecs, and the names files are known by here."""

from collections.abc import Iterable, Mapping

from crosscut.kernel.facts import Kind

# A platform's word -> IANA media type (https://www.iana.org/assignments/media-types).
_IMAGES: Mapping[str, str] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "heif": "image/heif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
}
_FILMS: Mapping[str, str] = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "ts": "video/mp2t",
    "mpeg": "video/mpeg",
    "avi": "video/x-msvideo",
    "wmv": "video/x-ms-asf",
    "flv": "video/x-flv",
    "3gp": "video/3gpp",
}
_SOUNDS: Mapping[str, str] = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "3gp": "audio/3gpp",
}
_DOCUMENTS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_BY_KIND: Mapping[Kind, Mapping[str, str]] = {
    Kind.IMAGE: _IMAGES,
    Kind.VIDEO: _FILMS,
    Kind.AUDIO: _SOUNDS,
    Kind.DOCUMENT: _DOCUMENTS,
}

# Other spellings of one media type, as browsers and older tools write them.
_ALIASES: Mapping[str, str] = {
    "image/jpg": "image/jpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "video/x-m4v": "video/mp4",
    "video/x-ms-wmv": "video/x-ms-asf",
}

# A platform's word -> FFmpeg's name (https://ffmpeg.org/general.html).
_CODECS: Mapping[str, str] = {"aac_lc": "aac", "dnxhr": "dnxhd", "cineform": "cfhd"}


def media_types(kind: Kind, words: Iterable[str] | None) -> tuple[str, ...]:
    """The IANA names of the formats, in order and each once; none when everything is taken or nothing is known.

    >>> media_types(Kind.VIDEO, ["mp4", "m4v", "mov"])
    ('video/mp4', 'video/quicktime')
    >>> media_types(Kind.IMAGE, ["image/*"])
    ()
    """
    names = _BY_KIND.get(kind, {})
    words = list(words or ())
    if any(word in ("any", "image/*") for word in words):
        return ()
    return tuple(dict.fromkeys(names[word] for word in words))


def media_type(name: str) -> str:
    """The usual spelling of a media type.

    >>> media_type("audio/x-m4a")
    'audio/mp4'
    """
    return _ALIASES.get(name, name)


def codecs(words: Iterable[str] | None) -> tuple[str, ...]:
    """FFmpeg's names of the codecs, in order and each once.

    >>> codecs(["aac_lc", "opus"])
    ('aac', 'opus')
    """
    return tuple(dict.fromkeys(_CODECS.get(word, word) for word in words or ()))


def is_codec(found: str, accepted: Iterable[str]) -> bool:
    """Whether a stream's codec is one of those; "pcm" stands for all its kinds.

    >>> is_codec("pcm_s16le", ["pcm"])
    True
    """
    return any(found == name or (name == "pcm" and found.startswith("pcm_")) for name in accepted)
