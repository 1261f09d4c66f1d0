import pytest

from crosscut.media import Metadata
from crosscut.media.carrying import MODEL_MADE, PARTLY_MODEL_MADE, said_by_all

CAMERA = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([MODEL_MADE, MODEL_MADE], MODEL_MADE),
        ([CAMERA, MODEL_MADE], PARTLY_MODEL_MADE),
        (["", MODEL_MADE, ""], PARTLY_MODEL_MADE),
        ([PARTLY_MODEL_MADE, CAMERA], PARTLY_MODEL_MADE),
        ([CAMERA, ""], ""),
        ([], ""),
    ],
)
def test_that_a_model_made_a_part_is_never_lost(types, expected):
    records = [Metadata(copyright="© Reef Trust", digital_source_type=one) for one in types]
    assert said_by_all(records) == Metadata(copyright="© Reef Trust" if types else "", digital_source_type=expected)
