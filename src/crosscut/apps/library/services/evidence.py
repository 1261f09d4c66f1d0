"""What the rights said, kept: who asked later why something went out, or did not, finds it here."""

from crosscut.apps.library.models import RightsAnswer
from crosscut.kernel.records import as_data
from crosscut.specs.rights import Answer, Holdings, Use, may


def keep_answer(asset_id: int, holdings: Holdings, use: Use, *, about: str) -> Answer:
    """What the rights say to the use; kept as evidence when it differs from what was said of the same before.

    `about` names what was planned, such as "edition:7 bluesky/images", in at most 80 characters.
    """
    said = may(holdings, use)
    row = RightsAnswer(
        asset_id=asset_id, about=about[:80], use=as_data(use), answer=as_data(said), grounds=as_data(holdings)
    )
    last = RightsAnswer.objects.filter(asset=asset_id, about=row.about).first()
    if last is None or _gist(last) != _gist(row):
        row.save()
    return said


def _gist(row: RightsAnswer) -> tuple[object, ...]:
    """What makes an answer another one; not the minute it was asked for."""
    reasons = [reason["code"] for reason in row.answer["reasons"]]
    return row.answer["verdict"], row.answer["allowed_until"], reasons, row.grounds
