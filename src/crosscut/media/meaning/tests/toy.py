"""A model with two towers so small that it is written here: it sees the mean colour, and knows a few words for it.

What ONNX files are made of stands in onnx.proto (https://github.com/onnx/onnx, version 8 of its format).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SIDE_PX, TOKENS, EACH = 16, 8, 20  # a direction of its own for red, green, blue, and nothing of all that
COLOURS = {"crimson": 0, "grass": 1, "ocean": 2}
_FLOAT, _INT32, _INT64 = 1, 6, 7  # TensorProto.DataType
_INTS = 7  # AttributeProto.AttributeType


def toy_model(folder: Path, *, colours: Mapping[str, int] = COLOURS, like_immich: bool = False) -> Path:
    """The folder with the model in it, laid out as transformers.js and optimum do, or as Immich does."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # of the extra "sight"

    sees, reads = folder / "vision_model.onnx", folder / "text_model.onnx"
    tokens, prepares = folder / "tokenizer.json", folder / "preprocessor_config.json"
    if like_immich:
        sees, reads = folder / "visual" / "model.onnx", folder / "textual" / "model.onnx"
        tokens, prepares = folder / "textual" / "tokenizer.json", folder / "visual" / "preprocess_cfg.json"
    for path in (sees, reads, tokens, prepares):
        path.parent.mkdir(parents=True, exist_ok=True)
    sees.write_bytes(_sees("image" if like_immich else "pixel_values"))
    reads.write_bytes(
        _reads(colours, {"text": _INT32} if like_immich else {"input_ids": _INT64, "attention_mask": _INT64})
    )
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", *colours])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    tokenizer.save(str(tokens))
    (tokens.parent / "tokenizer_config.json").write_text(json.dumps({"pad_token": "[PAD]"}))
    plain: dict[str, Any] = {"mean": [0, 0, 0], "std": [1, 1, 1]}
    if like_immich:
        told = {"size": [SIDE_PX, SIDE_PX], "resize_mode": "squash", "interpolation": "bicubic", **plain}
    else:
        square = {"height": SIDE_PX, "width": SIDE_PX}
        told = {"size": {"shortest_edge": SIDE_PX}, "crop_size": square, "do_center_crop": True, "resample": 3}
        told |= {f"image_{name}": numbers for name, numbers in plain.items()}
    prepares.write_text(json.dumps(told))
    return folder


def _sees(name: str) -> bytes:
    """The mean colour, each part of it along its direction."""
    weights = np.stack([_direction(number) for number in range(3)])
    nodes = [
        _node("GlobalAveragePool", [name], "mean"),
        _node("Flatten", ["mean"], "flat"),
        _node("MatMul", ["flat", "weights"], "image_embeds"),
    ]
    return _model(nodes, {"weights": weights}, {name: (_FLOAT, ("batch", 3, SIDE_PX, SIDE_PX))}, "image_embeds")


def _reads(colours: Mapping[str, int], inputs: Mapping[str, int]) -> bytes:
    """The mean of the words' directions; those of words that it does not know lead elsewhere."""
    table = np.stack([np.zeros(4 * EACH, np.float32), _direction(3), *map(_direction, colours.values())])
    ids = next(iter(inputs))
    nodes = [
        _node("Gather", ["table", ids], "each"),
        _node("ReduceMean", ["each"], "text_embeds", axes=[1], keepdims=[0]),
    ]
    shapes = {name: (kind, ("batch", TOKENS)) for name, kind in inputs.items()}
    return _model(nodes, {"table": table}, shapes, "text_embeds")


def _direction(number: int) -> npt.NDArray[np.float32]:
    found = np.zeros(4 * EACH, np.float32)
    found[number * EACH : (number + 1) * EACH] = 1
    return found


def _model(
    nodes: Sequence[bytes],
    weights: Mapping[str, npt.NDArray[np.float32]],
    inputs: Mapping[str, tuple[int, Sequence[int | str]]],
    output: str,
) -> bytes:
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"toy")
    graph += b"".join(_field(5, _tensor(name, array)) for name, array in weights.items())
    graph += b"".join(_field(11, _value(name, kind, shape)) for name, (kind, shape) in inputs.items())
    graph += _field(12, _value(output, _FLOAT, ("batch", 4 * EACH)))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 13))


def _node(operator: str, inputs: Sequence[str], output: str, **attributes: Sequence[int]) -> bytes:
    told = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    told += _field(4, operator.encode())
    return told + b"".join(_field(5, _attribute(name, numbers)) for name, numbers in attributes.items())


def _attribute(name: str, numbers: Sequence[int]) -> bytes:
    if name == "keepdims":
        return _field(1, name.encode()) + _field(3, numbers[0]) + _field(20, 2)
    return _field(1, name.encode()) + b"".join(_field(8, number) for number in numbers) + _field(20, _INTS)


def _tensor(name: str, array: npt.NDArray[np.float32]) -> bytes:
    dims = b"".join(_field(1, size) for size in array.shape)
    return dims + _field(2, _FLOAT) + _field(8, name.encode()) + _field(9, array.astype("<f4").tobytes())


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(_field(1, _field(1, size) if isinstance(size, int) else _field(2, size.encode())) for size in shape)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind) + _field(2, dims)))


def _field(number: int, value: int | bytes) -> bytes:
    """One field of a protocol buffer: a number, or bytes with their length before them."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
