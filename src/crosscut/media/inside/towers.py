"""The process in which a model with two towers runs (`answering`): pixels and words in, vectors out.

It is asked `{"texts": [...]}` or `{"pictures": 2}`, the latter followed by the pixels, and answers
`{"shape": [2, 512]}` with the numbers behind it.
"""

import json
import sys
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from crosscut.kernel.records import from_data
from crosscut.media.caps import GIBI
from crosscut.media.inside import answering
from crosscut.media.meaning import Model, Vectors

MEMORY_BYTES = 12 * GIBI  # address space: a large model and what the runtime sets aside for it
_NAMED = ("text_embeds", "image_embeds", "sentence_embedding", "embedding", "embeddings", "pooler_output")
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_FLOATS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class Running:
    """The model, with each tower read at its first use."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        rows = []
        for text in texts:
            found = self._tokens.encode(text)
            fed = {one.name: self._input(one, found.ids, found.attention_mask) for one in self._reads.get_inputs()}
            rows.append(_vector(self._reads, fed))
        return np.stack(rows)

    def of_pictures(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        """A row for each picture."""
        mean, std = (np.array(numbers, np.float32) for numbers in (self.model.mean, self.model.std))
        (wanted,) = self._sees.get_inputs()
        rows = []
        for picture in pixels:
            prepared = ((picture.astype(np.float32) / 255 - mean) / std).transpose(2, 0, 1)[None]
            rows.append(_vector(self._sees, {wanted.name: prepared.astype(_FLOATS[wanted.type])}))
        return np.stack(rows)

    @cached_property
    def _sees(self) -> Any:
        return _session(self.model.sees)

    @cached_property
    def _reads(self) -> Any:
        return _session(self.model.reads)

    @cached_property
    def _tokens(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.model.tokenizer))
        fixed = [one.shape[1] for one in self._reads.get_inputs() if len(one.shape) == 2]
        length = next((size for size in fixed if isinstance(size, int)), self.model.most_tokens)
        pad_id = tokenizer.token_to_id(self.model.pad_token) if self.model.pad_token else None
        tokenizer.enable_truncation(max_length=length)
        tokenizer.enable_padding(length=length, pad_id=pad_id or 0, pad_token=self.model.pad_token or "[PAD]")
        return tokenizer

    @staticmethod
    def _input(one: Any, ids: Sequence[int], mask: Sequence[int]) -> npt.NDArray[Any]:
        """What the tower wants under that name: the numbers of the tokens, or which of them are words."""
        if one.type not in _INTEGERS:
            raise ValueError(f"the tower for words wants {one.name} as {one.type}: export the two towers apart")
        return np.array([mask if "mask" in one.name else ids], _INTEGERS[one.type])


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # others wait for the processor, too
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _vector(session: Any, fed: dict[str, npt.NDArray[Any]]) -> Vectors:
    """The tower's one vector, of length 1."""
    outputs = [one.name for one in session.get_outputs() if one.type in _FLOATS and len(one.shape) == 2]
    name = next((name for name in _NAMED if name in outputs), next(iter(outputs), ""))
    if not name:
        raise ValueError("the tower gives no vector: export it with its projection")
    vector = np.asarray(session.run([name], fed)[0][0], np.float32)
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length):
        raise ValueError("the tower gives numbers that are none")
    return np.asarray(vector / length if length else vector, np.float32)


def answer_to(running: Running, request: dict[str, Any], source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The vectors of what is asked for."""
    if "texts" in request:
        found = running.of_texts(request["texts"])
    else:
        side_px = running.model.side_px
        raw = source.read(request["pictures"] * side_px * side_px * 3)
        found = running.of_pictures(np.frombuffer(raw, np.uint8).reshape(-1, side_px, side_px, 3))
    return {"shape": found.shape, "size_bytes": 4 * found.size}, found.astype("<f4").tobytes()


if __name__ == "__main__":
    engine = Running(from_data(Model, json.loads(sys.argv[1])))
    answering.serve(partial(answer_to, engine), memory_bytes=MEMORY_BYTES)
