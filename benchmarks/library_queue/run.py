"""How soon a person sees what they uploaded, while previews of 100,000 assets are being made.

Starts an installation of its own in a temporary folder, enters 100,000 assets without previews, asks for all of them,
and then uploads photographs one after the other through the API, as the page does. Counted is from the first byte
sent to the moment at which the thumbnail can be shown. Beside it, in the same run, the same uploads before the bulk
work was begun. Writes result.json.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "library_ingest"))
from installation import begin_django, installation
from photos import make_photos

HERE = Path(__file__).parent
ASSETS = 100_000
UPLOADS = 10
LIMIT_S = 5.0


def main() -> int:
    with installation() as here:
        make_photos(here.folder / "photos", 2 * UPLOADS + 1)
        told = here.measure(__file__, here.url, str(here.folder / "photos"))
    result = {**told, "cores": os.cpu_count(), "limit_s": LIMIT_S}
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    return 0 if result["busy_slowest_s"] <= LIMIT_S else 1


def measure(url: str, photos: Path) -> dict[str, float]:
    begin_django()
    from crosscut.apps.accounts.models import User
    from crosscut.apps.accounts.services.people import create_token, found_workspace
    from crosscut.apps.library.services import previews
    from crosscut.apps.work.models import Job

    lead = found_workspace("Reef Watch", owner=User.objects.create_user("lead@example.org", "coral-and-kelp-forest"))
    _token, secret = create_token(lead, "benchmark")
    first, *rest = sorted(photos.iterdir())
    seen_after(url, secret, first)
    quiet = [seen_after(url, secret, photo) for photo in rest[:UPLOADS]]
    fill(lead)
    job = previews.plan_remake(lead)
    while Job.objects.get(pk=job.pk).state != Job.State.RUNNING:
        time.sleep(0.2)
    time.sleep(5)
    busy = [seen_after(url, secret, photo) for photo in rest[UPLOADS:]]
    job.refresh_from_db()
    assert job.ended_at is None, "the bulk work had ended before the uploads"
    return {
        "assets": ASSETS,
        "uploads": UPLOADS,
        "quiet_median_s": round(statistics.median(quiet), 2),
        "busy_median_s": round(statistics.median(busy), 2),
        "busy_slowest_s": round(max(busy), 2),
        "bulk_made_meanwhile": job.result.get("previews", {}).get("count", 0),
    }


def seen_after(url: str, secret: str, photo: Path) -> float:
    """Seconds from the first byte sent until the thumbnail is there."""
    from crosscut.apps.library.models import Rendition
    from crosscut.cli import sending

    began = time.perf_counter()
    with sending.desk(url, secret) as client:
        sending.send(client, photo, lambda *told: None)
    while not Rendition.objects.filter(purpose="thumbnail", version__filename=photo.name).exists():
        time.sleep(0.02)
        assert time.perf_counter() - began < 120, "it was never shown"
    return time.perf_counter() - began


def fill(lead: object) -> None:
    """Assets that all have the same file and no previews."""
    from crosscut.apps.library.models import Asset, Version

    master = Version.objects.order_by("pk").first()
    assert master is not None
    for start in range(0, ASSETS, 5000):
        assets = Asset.objects.bulk_create(
            Asset(workspace=lead.workspace, title=f"Photo {start + number}", kind="image") for number in range(5000)
        )
        same = {name: getattr(master, name) for name in ("sha256", "size_bytes", "media_type", "facts", "metadata")}
        versions = Version.objects.bulk_create(
            Version(asset=asset, number=1, filename=f"bulk {asset.pk}.jpg", **same) for asset in assets
        )
        for asset, version in zip(assets, versions, strict=True):
            asset.current = version
        Asset.objects.bulk_update(assets, ["current"], batch_size=1000)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
    else:
        sys.exit(main())
