"""Models with two towers, as their folders describe them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import NotFound, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import from_data

# Where the parts lie: as transformers.js and optimum export them, in both of their layouts, and as Immich's models do.
_SEES = ("vision_model.onnx", "onnx/vision_model.onnx", "visual/model.onnx")
_READS = ("text_model.onnx", "onnx/text_model.onnx", "textual/model.onnx")
_TOKENIZERS = ("tokenizer.json", "textual/tokenizer.json")
_PREPARES = ("preprocessor_config.json", "visual/preprocess_cfg.json")
_PADS = ("tokenizer_config.json", "textual/tokenizer_config.json")
_MOST_TOKENS = 77  # of CLIP: where nothing tells another number
_FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3}  # Pillow's numbers, which the other files have
_WAYS_TO_ONE = phrase(
    "It needs text_model.onnx, vision_model.onnx, tokenizer.json and preprocessor_config.json, as “Search by meaning” "
    "of the documentation tells."
)
_PARTS = {"sees": _SEES, "reads": _READS, "tokenizer": _TOKENIZERS, "prepares": _PREPARES, "pads": _PADS}


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model with two towers, as its folder describes it."""

    sees: Path  # the ONNX file of the tower for pictures
    reads: Path  # of the one for words
    tokenizer: Path
    sha256: str  # of all its files: vectors of different models cannot be compared
    side_px: int  # of the square that it sees
    resize_px: int  # of the shorter side, before the middle is cut out; 0: the whole is squeezed into the square
    resample: int  # Pillow's number of the filter
    mean: tuple[float, float, float]  # of red, green and blue from 0 to 1, taken off before
    std: tuple[float, float, float]  # by which they are divided then
    most_tokens: int
    pad_token: str  # empty: number 0


def can_think() -> bool:
    """Whether the engine is installed."""
    return find_spec("onnxruntime") is not None and find_spec("tokenizers") is not None


def model_in(folder: Path) -> Model:
    """The model in the folder. Raises Unavailable without the engine, NotFound and Unsupported with what is missing."""
    if not can_think():
        raise Unavailable(phrase("Install the engine that search by meaning needs: pip install 'crosscut[sight]'."))
    if not folder.is_dir():
        raise NotFound(phrase("There is no folder {folder}. {ways}", folder=folder, ways=_WAYS_TO_ONE))
    parts = {name: _first(folder, places) for name, places in _PARTS.items()}
    files = _files_of([path for path in parts.values() if path])
    stamp = tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files)
    if (known := _known.get(folder)) and known[0] == stamp:
        return known[1]
    missing = [places[0] for name, places in _PARTS.items() if parts[name] is None and name != "pads"]
    if missing:
        told = {"folder": folder, "missing": ", ".join(missing), "ways": _WAYS_TO_ONE}
        raise Unsupported(phrase("The folder {folder} lacks {missing}. {ways}", **told))
    model = _described({name: path for name, path in parts.items() if path}, _sha256(folder, files))
    _known[folder] = (stamp, model)
    return model


def _first(folder: Path, places: Sequence[str]) -> Path | None:
    return next((folder / place for place in places if (folder / place).is_file()), None)


def _files_of(parts: Sequence[Path]) -> list[Path]:
    """The parts, and the weights that large exports keep in a file beside (`model.onnx_data`)."""
    return sorted({file for part in parts for file in part.parent.glob(f"{part.name}*") if file.is_file()})


def _sha256(folder: Path, files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            own = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {own}\n".encode())
    return digest.hexdigest()


def _described(parts: dict[str, Path], sha256: str) -> Model:
    try:
        told = json.loads(parts["prepares"].read_text("utf-8"))
        prepared = _as_transformers_tell(told) if "image_mean" in told else _as_open_clip_tells(told)
        tokenizer = json.loads(parts["tokenizer"].read_text("utf-8"))
        about_tokens = json.loads(parts["pads"].read_text("utf-8")) if "pads" in parts else {}
        pad = about_tokens.get("pad_token") or (tokenizer.get("padding") or {}).get("pad_token") or ""
        longest = (tokenizer.get("truncation") or {}).get("max_length") or about_tokens.get("model_max_length") or 0
        described = {
            "sees": parts["sees"],
            "reads": parts["reads"],
            "tokenizer": parts["tokenizer"],
            "sha256": sha256,
            "pad_token": str(pad["content"] if isinstance(pad, dict) else pad),
            "most_tokens": int(longest) if 0 < longest < 10_000 else _MOST_TOKENS,
            **prepared,
        }
        return from_data(Model, described)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        words = phrase(
            "What {name} says cannot be understood: {fault}.", name=parts["prepares"].name, fault=repr(fault)
        )
        raise Unsupported(words) from fault


def _as_transformers_tell(told: dict[str, Any]) -> dict[str, Any]:
    """How pictures are prepared, by a `preprocessor_config.json`: CLIPImageProcessor, SiglipImageProcessor."""
    size, cut = told["size"], told.get("crop_size")
    is_cut = bool(told.get("do_center_crop", cut is not None))
    shorter = size if isinstance(size, int) else size.get("shortest_edge", 0)
    return {
        "side_px": _square(cut if is_cut and cut is not None else size),
        "resize_px": int(shorter or _square(size)) if is_cut else 0,
        "resample": int(told.get("resample", _FILTERS["bicubic"])),
        "mean": tuple(told["image_mean"]),
        "std": tuple(told["image_std"]),
    }


def _as_open_clip_tells(told: dict[str, Any]) -> dict[str, Any]:
    """The same by a `preprocess_cfg.json` of open_clip, as Immich's models have it."""
    mode = told.get("resize_mode", "shortest")
    if mode not in ("shortest", "squash"):
        raise ValueError(f"resize_mode {mode}")
    side_px = _square(told["size"])
    return {
        "side_px": side_px,
        "resize_px": side_px if mode == "shortest" else 0,
        "resample": _FILTERS[told.get("interpolation", "bicubic")],
        "mean": tuple(told["mean"]),
        "std": tuple(told["std"]),
    }


def _square(told: Any) -> int:
    """The side of a square, however it is told: 224, [224, 224], {"height": 224, "width": 224}."""
    sides = list(told.values()) if isinstance(told, dict) else told if isinstance(told, list) else [told]
    if not sides or len(set(sides)) != 1 or not 1 <= int(sides[0]) <= 2048:
        raise ValueError(f"no square: {told}")
    return int(sides[0])


_known: dict[Path, tuple[tuple[tuple[str, int, int], ...], Model]] = {}  # by folder, with what it was read from
