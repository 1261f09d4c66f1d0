from collections import Counter

import numpy as np
import pytest

from crosscut.apps.library.columns import FEW, Pairs

SIZE = 400


@pytest.mark.parametrize("hits", [0, 1, SIZE // FEW, SIZE // FEW + 1, SIZE])
def test_values_are_counted_alike_for_few_rows_and_for_many(hits):
    random = np.random.default_rng(7)
    pairs = Pairs.none()
    seen: list[tuple[int, int]] = []
    for first in (0, SIZE // 2):  # what comes later belongs to later rows
        rows, values = random.integers(first, first + SIZE // 2, 300), random.integers(1, 9, 300)
        pairs = pairs.with_more(rows.astype(np.int32), values)
        seen += zip(rows, values, strict=True)
    mask = np.zeros(SIZE, np.bool_)
    mask[random.choice(SIZE, hits, replace=False)] = True
    assert dict(pairs.counted(mask, 10)) == Counter(value for row, value in seen if mask[row])
