"""What the rights said, kept: who asked later why something went out, or did not, finds it here."""

from collections.abc import Sequence
from dataclasses import dataclass

from crosscut.apps.library.models import RightsAnswer
from crosscut.kernel.records import as_data
from crosscut.specs.rights import Answer, Holdings, Use, may

_ABOUT_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked about one asset."""

    asset: int  # its id
    holdings: Holdings
    use: Use
    about: str  # what was planned: "edition:7 bluesky/images"; kept are 80 characters


def keep_answers(asked: Sequence[Question]) -> list[Answer]:
    """What the rights say to each use; kept as evidence where it differs from what was said of the same before."""
    said = [may(one.holdings, one.use) for one in asked]
    rows = [_row(one, answer) for one, answer in zip(asked, said, strict=True)]
    last, new = _last_of(rows), []
    for row in rows:
        before = last.get((row.asset_id, row.about))
        if before is None or _gist(before) != _gist(row):
            new.append(row)
            last[row.asset_id, row.about] = row
    RightsAnswer.objects.bulk_create(new)
    return said


def _row(asked: Question, answer: Answer) -> RightsAnswer:
    told = {"use": as_data(asked.use), "answer": as_data(answer), "grounds": as_data(asked.holdings)}
    return RightsAnswer(asset_id=asked.asset, about=asked.about[:_ABOUT_LENGTH], **told)


def _last_of(rows: Sequence[RightsAnswer]) -> dict[tuple[int, str], RightsAnswer]:
    """What was last said of the same, by asset and what was planned."""
    about = {row.about for row in rows}
    known = RightsAnswer.objects.filter(asset__in={row.asset_id for row in rows}, about__in=about)
    newest = known.order_by("asset_id", "about", "-id").distinct("asset_id", "about")
    return {(row.asset_id, row.about): row for row in newest}


def _gist(row: RightsAnswer) -> tuple[object, ...]:
    """What makes an answer another one; not the minute it was asked for."""
    reasons = [reason["code"] for reason in row.answer["reasons"]]
    return row.answer["verdict"], row.answer["allowed_until"], reasons, row.grounds
