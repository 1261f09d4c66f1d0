"""What kind of file something is, by its first bytes and never by its name.

Reads at most 64 kB and decodes nothing, so it may run anywhere. The signatures are data (`SIGNATURES`, first match
wins).
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.errors import Damaged, Invalid, NotFound, Problem, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

HEAD_BYTES = 65536
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
MXF_HEADER = bytes.fromhex("060e2b34020501010d0102")
ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


@dataclass(frozen=True, kw_only=True)
class SizeLimits:
    """The largest files and pictures that are taken."""

    moving_bytes: int = 8_000_000_000  # film and sound
    picture_bytes: int = 200_000_000
    text_bytes: int = 20_000_000  # captions and SVG
    picture_px: int = 200_000_000  # width times height


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A format as it shows in its first bytes."""

    kind: Kind | None  # None for what is recognised in order to be refused by name
    media_type: str
    container: str
    suffixes: tuple[str, ...]  # names that fit, the usual one first
    matches: Callable[[bytes], bool]
    called: str = ""  # for a person; used when it is refused


@dataclass(frozen=True, kw_only=True)
class Sniffed:
    """What the first bytes say."""

    kind: Kind  # an MP4 or WebM counts as video until its streams are known
    media_type: str
    container: str
    size_bytes: int
    warnings: tuple[Problem, ...] = ()


def _at(offset: int, *magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[offset : offset + 64].startswith(magics)


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    """ISO base media with one of these as its major brand. ISO/IEC 14496-12, 4.3."""

    def matches(head: bytes) -> bool:
        if head[4:8] != b"ftyp":
            return False
        return head[8:12] in brands

    return matches


def _isomedia(head: bytes) -> bool:
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"skip", b"free")


def _aiff(head: bytes) -> bool:
    return head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")


def _ebml(doctype: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"\x1aE\xdf\xa3") and doctype in head[:128]


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == form


def _ogg(codec: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"OggS") and codec in head[:256]


def _mpeg_audio(head: bytes) -> bool:
    """Two frame headers in a row would be surer; the frame's own fields rule out nearly all chance matches."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    layer, bit_rate, rate = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return layer != 0 and bit_rate not in (0, 15) and rate != 3


def _adts(head: bytes) -> bool:
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def _transport_stream(head: bytes) -> bool:
    return len(head) > 376 and head[0] == head[188] == head[376] == 0x47


def _canon_raw(head: bytes) -> bool:
    """A TIFF with Canon's mark behind the header."""
    return head.startswith((b"II*\0", b"MM\0*")) and head[8:10] == b"CR"


def _digital_negative(head: bytes) -> bool:
    """A TIFF with the tag DNGVersion. DNG 1.7, tag 50706."""
    return head.startswith((b"II*\0", b"MM\0*")) and 50706 in _tiff_tags(head)


def _made_by(maker: bytes) -> Callable[[bytes], bool]:
    """A TIFF with sub-images and this camera maker's name: NEF, ARW and PEF have no mark of their own. TIFF/EP, 330."""
    return lambda head: head.startswith((b"II*\0", b"MM\0*")) and 330 in _tiff_tags(head) and maker in head[:4096]


def _tiff_tags(head: bytes) -> frozenset[int]:
    order = "<" if head.startswith(b"II") else ">"
    (offset,) = struct.unpack_from(order + "I", head, 4)
    if offset + 2 > len(head):
        return frozenset()
    (count,) = struct.unpack_from(order + "H", head, offset)
    reachable = min(count, (len(head) - offset - 2) // 12)
    return frozenset(struct.unpack_from(order + "H", head, offset + 2 + 12 * index)[0] for index in range(reachable))


def _text(head: bytes) -> str:
    """The start as text, or nothing when it is not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    if b"\0" in head[:1024]:
        return ""
    return head.decode("utf-8-sig", errors="replace")


_SVG = re.compile(
    r"\A\s*(<\?xml[^>]*>\s*)?((<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?\s*>)\s*)*<(\w+:)?svg[\s>]", re.DOTALL
)
_SRT = re.compile(r"\A\s*(\d+\s*\n)?\s*\d{1,3}:\d{1,2}:\d{1,2}([,.]\d{1,3})?\s*-->\s*\d")
_TTML = re.compile(r"\A\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?tt[\s>]", re.DOTALL)
_ASS = re.compile(r"\A\s*\[Script Info\]", re.IGNORECASE)
_VTT = re.compile(r"\AWEBVTT([ \t\n\r]|\Z)")
_PLAYLIST = re.compile(r"\A\s*#EXTM3U")
_HTML = re.compile(r"\A\s*<(!doctype\s+html|html)[\s>]", re.IGNORECASE)


def _reads(pattern: re.Pattern[str]) -> Callable[[bytes], bool]:
    return lambda head: pattern.search(_text(head[:8192]).replace("\r\n", "\n")) is not None


def _known(kind: Kind, media_type: str, container: str, suffixes: str, matches: Callable[[bytes], bool]) -> Signature:
    return Signature(
        kind=kind, media_type=media_type, container=container, suffixes=tuple(suffixes.split()), matches=matches
    )


def _refused(called: str, container: str, matches: Callable[[bytes], bool]) -> Signature:
    return Signature(kind=None, media_type="", container=container, suffixes=(), matches=matches, called=called)


SIGNATURES: tuple[Signature, ...] = (
    _known(Kind.IMAGE, "image/jpeg", "jpeg", "jpg jpeg jpe jfif", _at(0, b"\xff\xd8\xff")),
    _known(Kind.IMAGE, "image/png", "png", "png apng", _at(0, b"\x89PNG\r\n\x1a\n")),
    _known(Kind.IMAGE, "image/gif", "gif", "gif", _at(0, b"GIF87a", b"GIF89a")),
    _known(Kind.IMAGE, "image/webp", "webp", "webp", _riff(b"WEBP")),
    _known(Kind.IMAGE, "image/avif", "avif", "avif", _brand(b"avif")),
    _known(Kind.IMAGE, "image/avif", "avif-sequence", "avif", _brand(b"avis")),
    _known(Kind.IMAGE, "image/heic", "heic", "heic heif hif", _brand(b"heic", b"heix", b"hevc", b"heim", b"heis")),
    _known(Kind.IMAGE, "image/heif", "heif", "heif heic hif avif", _brand(b"mif1", b"msf1")),
    _known(Kind.IMAGE, "image/x-canon-cr2", "raw", "cr2", _canon_raw),
    _known(Kind.IMAGE, "image/x-canon-cr3", "raw", "cr3", _brand(b"crx ")),
    _known(Kind.IMAGE, "image/x-adobe-dng", "raw", "dng", _digital_negative),
    _known(Kind.IMAGE, "image/x-nikon-nef", "raw", "nef", _made_by(b"NIKON")),
    _known(Kind.IMAGE, "image/x-sony-arw", "raw", "arw", _made_by(b"SONY")),
    _known(Kind.IMAGE, "image/x-pentax-pef", "raw", "pef", _made_by(b"PENTAX")),
    _known(Kind.IMAGE, "image/tiff", "tiff", "tif tiff", _at(0, b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    _known(Kind.IMAGE, "image/vnd.adobe.photoshop", "psd", "psd psb", _at(0, b"8BPS")),
    _known(Kind.IMAGE, "image/bmp", "bmp", "bmp", lambda head: head[:2] == b"BM" and head[6:10] == bytes(4)),
    _known(Kind.VIDEO, "video/quicktime", "mov", "mov qt", _brand(b"qt  ")),
    _known(Kind.AUDIO, "audio/mp4", "m4a", "m4a m4b mp4", _brand(b"M4A ", b"M4B ")),
    _known(Kind.VIDEO, "video/3gpp", "3gp", "3gp 3gpp mp4", _brand(b"3gp4", b"3gp5", b"3gp6", b"3ge6", b"3gg6")),
    _known(Kind.VIDEO, "video/mp4", "mp4", "mp4 m4v mov m4a flac", _at(4, b"ftyp")),
    _known(Kind.VIDEO, "video/quicktime", "mov", "mov qt mp4", _isomedia),
    _known(Kind.VIDEO, "video/webm", "webm", "webm weba", _ebml(b"webm")),
    _known(Kind.VIDEO, "video/matroska", "matroska", "mkv mka mk3d", _ebml(b"matroska")),
    _known(Kind.VIDEO, "video/x-msvideo", "avi", "avi", _riff(b"AVI ")),
    _known(Kind.VIDEO, "video/x-flv", "flv", "flv", _at(0, b"FLV\x01")),
    _known(
        Kind.VIDEO, "video/x-ms-asf", "asf", "wmv asf wma", _at(0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"))
    ),
    _known(Kind.VIDEO, "video/mp2t", "mpegts", "ts mts m2ts", _transport_stream),
    _known(Kind.VIDEO, "video/mpeg", "mpeg", "mpg mpeg vob", _at(0, b"\0\0\x01\xba", b"\0\0\x01\xb3")),
    _known(Kind.VIDEO, "application/mxf", "mxf", "mxf", _at(0, MXF_HEADER)),
    _known(Kind.VIDEO, "video/ogg", "ogg", "ogv ogg", _ogg(b"\x80theora")),
    _known(Kind.AUDIO, "audio/ogg", "ogg", "ogg oga opus spx", _at(0, b"OggS")),
    _known(Kind.AUDIO, "audio/wav", "wav", "wav wave", _riff(b"WAVE")),
    _known(
        Kind.AUDIO, "audio/aiff", "aiff", "aif aiff aifc", lambda h: h[:4] == b"FORM" and h[8:12] in (b"AIFF", b"AIFC")
    ),
    _known(Kind.AUDIO, "audio/flac", "flac", "flac", _at(0, b"fLaC")),
    _known(Kind.AUDIO, "audio/mpeg", "mp3", "mp3 mp2", _at(0, b"ID3")),
    _known(Kind.AUDIO, "audio/aac", "aac", "aac", _adts),
    _known(Kind.AUDIO, "audio/mpeg", "mp3", "mp3 mp2", _mpeg_audio),
    _known(Kind.CAPTIONS, "text/vtt", "vtt", "vtt", _reads(_VTT)),
    _known(Kind.CAPTIONS, "application/x-subrip", "srt", "srt", _reads(_SRT)),
    _known(Kind.CAPTIONS, "application/ttml+xml", "ttml", "ttml dfxp itt xml", _reads(_TTML)),
    _known(Kind.CAPTIONS, "text/x-scc", "scc", "scc", _at(0, b"Scenarist_SCC")),
    _known(Kind.CAPTIONS, "text/x-ssa", "ass", "ass ssa", _reads(_ASS)),
    _known(Kind.CAPTIONS, "application/x-ebu-stl", "stl", "stl", lambda head: head[3:6] + head[8:11] == b"STL.01"),
    _known(Kind.IMAGE, "image/svg+xml", "svg", "svg", _reads(_SVG)),
    _known(Kind.DOCUMENT, "application/pdf", "pdf", "pdf ai", _at(0, b"%PDF-")),
    _known(Kind.DOCUMENT, "font/ttf", "font", "ttf", _at(0, b"\0\1\0\0\0", b"true\0")),
    _known(Kind.DOCUMENT, "font/otf", "font", "otf", _at(0, b"OTTO\0")),
    _refused(phrase("a font packed for web pages; add its .ttf or .otf file"), "webfont", _at(0, b"wOFF", b"wOF2")),
    _refused(phrase("several fonts in one file; add each as a .ttf or .otf file"), "fonts", _at(0, b"ttcf")),
    _refused(phrase("a ZIP archive; unpack it and add the files inside"), "zip", _at(0, b"PK\x03\x04", b"PK\x05\x06")),
    _refused(
        phrase("a compressed archive; unpack it and add the files inside"),
        "archive",
        _at(0, *ARCHIVES),
    ),
    _refused(phrase("a program, not media"), "program", _at(0, b"\x7fELF", b"MZ", b"#!")),
    _refused(phrase("a playlist that points to other files; add the files themselves"), "playlist", _reads(_PLAYLIST)),
    _refused(phrase("a web page, not media"), "html", _reads(_HTML)),
)

SUFFIXES = frozenset(suffix for signature in SIGNATURES for suffix in signature.suffixes) | {"zip"}


def sniff(path: Path, *, limits: SizeLimits | None = None) -> Sniffed:
    """What the file is by its first bytes, with a warning when its name says something else.

    Raises NotFound, Damaged (empty), Invalid (too large) or Unsupported (recognised and not taken, or not recognised).
    """
    limits = limits or SizeLimits()
    size_bytes = _size_of(path)
    if size_bytes == 0:
        raise Damaged(
            path, phrase("The file is empty (0 bytes): add it again from where it comes from."), code="media.empty"
        )
    _refuse_larger(path, size_bytes, limits.moving_bytes)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    signature = next((known for known in SIGNATURES if known.matches(head)), None)
    if signature is None or signature.kind is None:
        raise _refusal(path, signature)
    _refuse_larger(path, size_bytes, _limit_for(signature, limits))
    return Sniffed(
        kind=signature.kind,
        media_type=signature.media_type,
        container=signature.container,
        size_bytes=size_bytes,
        warnings=tuple(_name_warnings(path, signature)),
    )


def sniff_moving(path: Path) -> Sniffed:
    """The same for what has to be film or sound; raises Unsupported for everything else."""
    sniffed = sniff(path)
    if sniffed.kind not in (Kind.VIDEO, Kind.AUDIO):
        raise Unsupported(
            phrase(
                "{name} has neither moving pictures nor sound; it is {media_type}.",
                name=path.name,
                media_type=sniffed.media_type,
            )
        )
    return sniffed


def _size_of(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as fault:
        raise NotFound(
            phrase("{name} cannot be opened: {strerror}.", name=path.name, strerror=fault.strerror)
        ) from fault
    if not path.is_file():
        raise Unsupported(phrase("{name} is a folder or a device, not a file.", name=path.name))
    return status.st_size


def _limit_for(signature: Signature, limits: SizeLimits) -> int:
    if signature.kind is Kind.CAPTIONS or signature.container == "svg":
        return limits.text_bytes
    return limits.picture_bytes if signature.kind in (Kind.IMAGE, Kind.DOCUMENT) else limits.moving_bytes


def _refuse_larger(path: Path, size_bytes: int, limit_bytes: int) -> None:
    if size_bytes > limit_bytes:
        sizes = phrase(
            "{size_mb:,.0f} MB; at most {limit_mb:,.0f} MB are taken",
            size_mb=size_bytes / 1e6,
            limit_mb=limit_bytes / 1e6,
        )
        message = phrase(
            "{name} is too large ({sizes}). Make it smaller and add it again.", name=path.name, sizes=sizes
        )
        raise Invalid.at(path.name, message, code="media.too_large", size_bytes=size_bytes, limit_bytes=limit_bytes)


def _refusal(path: Path, signature: Signature | None) -> Unsupported:
    called = signature.called if signature else phrase("not a kind of media file that is known here")
    problem = Problem(code="media.unknown_type", where=path.name, message=phrase("This is {called}.", called=called))
    return Unsupported(phrase("{name} is {called}.", name=path.name, called=called), problems=[problem])


def _name_warnings(path: Path, signature: Signature) -> list[Problem]:
    suffix = path.suffix.lower().lstrip(".")
    if suffix in signature.suffixes or suffix not in SUFFIXES:
        return []
    message = phrase(
        "The name ends in .{suffix} but the content is {media_type}; the content counts.",
        suffix=suffix,
        media_type=signature.media_type,
    )
    return [Problem(code="media.misnamed", where=path.name, message=message)]
