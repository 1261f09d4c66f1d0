"""The pages of translations, as browsers get them."""

from base64 import b64encode
from io import BytesIO

from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library.models import Track
from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.models import Piece, Segment
from crosscut.apps.produce.services.translate import add_language
from crosscut.apps.produce.services.write import change_piece, set_outlet
from crosscut.apps.produce.tests import translated
from crosscut.apps.produce.xliff import as_xliff

HTMX = {"HX-Request": "true"}
AS_SCRIPT = {"Accept": "application/json"}


def _change(client: Client, piece: Piece, action: str, **fields: str):
    return client.post(f"/pieces/{piece.pk}/translate/change/", {"action": action, **fields}, headers=HTMX)


def test_a_language_is_added_in_the_piece_and_stands_there_at_a_glance(cast: Cast):
    source = translated.source(cast)
    client = signed_in(cast.junior)
    assert "in no other language yet" in client.get(f"/pieces/{source.pk}/").content.decode()
    answer = client.post(f"/pieces/{source.pk}/languages/", {"language": "ar"})
    piece = Piece.objects.get(language="ar")
    assert answer["Location"] == f"/pieces/{piece.pk}/translate/"
    assert "Not begun" in client.get(f"/pieces/{source.pk}/").content.decode()
    own = client.get(f"/pieces/{piece.pk}/").content.decode()
    assert "Translate side by side" in own and f'href="/pieces/{source.pk}/"' in own
    client.post(f"/pieces/{source.pk}/languages/", {"language": "ar"})
    assert "It has ar already." in client.get(f"/pieces/{source.pk}/").content.decode()
    assert '<span class="tag">ar</span>' in client.get("/pieces/").content.decode()


def test_a_translation_stands_beside_its_source_each_the_way_it_is_written(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "ar")
    client = signed_in(cast.junior)
    page = client.get(f"/pieces/{piece.pk}/translate/").content.decode()
    assert 'lang="en" dir="ltr">Half of the reef is gone.' in page
    assert 'name="text" rows="4" lang="ar" dir="rtl"' in page
    assert 'data-limit="300"' in page  # counted as the channel counts
    saved = client.post(
        f"/pieces/{piece.pk}/translate/save/", {"version": str(piece.revision), "text": "نصف"}, headers=AS_SCRIPT
    )
    assert saved.json() == {"version": str(piece.revision + 1)}
    late = client.post(
        f"/pieces/{piece.pk}/translate/save/", {"version": str(piece.revision), "text": "Half"}, headers=AS_SCRIPT
    )
    assert late.status_code == 409 and late.json()["theirs"]["text"] == "نصف"
    preview = client.get(f"/pieces/{piece.pk}/preview/?channel=site").content.decode()
    assert 'lang="ar" dir="rtl"' in preview


def test_done_goes_on_to_the_next_and_says_why_where_it_cannot(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "de")
    client = signed_in(cast.junior)
    seen = {passage.key: passage.seen for passage in language_for(cast.junior, piece.pk).passages}
    refused = _change(client, piece, "done:text", **{"seen.text": seen["text"]})
    assert "There are no words yet." in refused["HX-Trigger"]
    client.post(f"/pieces/{piece.pk}/translate/save/", {"version": str(piece.revision), "title": "Ein Plan"})
    done = _change(client, piece, "done:title", **{"seen.title": seen["title"]}).content.decode()
    assert "2 of 6 done" in done and 'name="text" rows="4" lang="de" dir="ltr" autofocus' in done
    change_piece(cast.junior, source, title="Another plan")
    stale = _change(client, piece, "done:title", **{"seen.title": seen["title"]})
    assert "changed meanwhile" in stale["HX-Trigger"]
    page = stale.content.decode()
    assert "<del>A</del><ins>Another</ins> plan" in page and "Out of date" in page
    assert _change(client, piece, "dance").status_code == 200


def test_it_shows_what_is_missing_of_captions_and_what_the_source_has_more(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "de-AT")
    use = piece.media.get()
    use.asset.kind = "video"
    use.asset.save()
    Track.objects.create(asset=use.asset, kind="captions", language="en", text="WEBVTT")
    set_outlet(cast.junior, source, channel_slug="bluesky", post_type="text")
    client = signed_in(cast.junior)
    page = client.get(f"/pieces/{piece.pk}/translate/").content.decode()
    assert "none in de-AT" in page and "The source has more: Bluesky." in page
    Track.objects.create(asset=use.asset, kind="captions", language="de", text="WEBVTT")
    assert "in this language" in _change(client, piece, "follow").content.decode()
    assert piece.outlets.filter(channel="bluesky").exists()


def test_it_offers_what_was_said_before_and_lists_the_memory(cast: Cast):
    translated.german(cast)
    piece = add_language(cast.junior, translated.source(cast), "de")
    client = signed_in(cast.junior)
    offers = client.get(f"/pieces/{piece.pk}/translate/offers/?key=text").content.decode()
    assert "100 %" in offers and 'data-insert="Das halbe Riff ist weg."' in offers
    assert client.get(f"/pieces/{piece.pk}/translate/offers/?key=none").content.strip() == b""
    page = client.get("/translation-memory/?q=halbe").content.decode()
    assert "Das halbe Riff ist weg." in page and "Forget" not in page
    row = Segment.objects.get(target="Das halbe Riff ist weg.")
    assert client.post(f"/translation-memory/{row.pk}/forget/").status_code == 403
    assert signed_in(cast.specialist).post(f"/translation-memory/{row.pk}/forget/").status_code == 302
    assert b"<tmx" in client.get("/translation-memory/memory.tmx").getvalue()


def test_a_translated_file_is_looked_at_before_it_is_taken(cast: Cast):
    piece = translated.german(cast).piece
    client, address = signed_in(cast.junior), f"/pieces/{piece.pk}/translate/back/"
    file = client.get(f"/pieces/{piece.pk}/translate/xliff/")
    assert file["Content-Disposition"].endswith('-de.xlf"')
    sent = file.content.replace(b"Ein Plan", b"Der Plan").replace(b"Half is gone.", b"Half was gone.")
    sent = sent.replace(b"ist weg.<", b"war weg.<")
    looked = client.post(address, {"file": BytesIO(sent)}).content.decode()
    assert "<del>Ein</del><ins>Der</ins> Plan" in looked and "The source was changed after" in looked
    assert 'value="title" checked' in looked
    assert 'value="practice.text">' in looked  # what is stale is for a person to tick
    again = {"action": "take", "xliff": b64encode(sent).decode()}
    assert "Take what is ticked" in client.post(address, again).content.decode()  # nothing ticked
    assert client.post(address, {**again, "key": "title"})["Location"] == f"/pieces/{piece.pk}/translate/"
    assert Piece.objects.get(pk=piece.pk).title == "Der Plan"
    wrong = client.post(address, {"file": BytesIO(b"<html/>")})
    assert wrong.status_code == 422 and "This is no XLIFF file" in wrong.content.decode()
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"xliff": "no base64"}).status_code == 422


def test_it_refuses_strangers_everywhere(cast: Cast):
    found = translated.german(cast)
    path, sent = f"/pieces/{found.piece.pk}/translate/", BytesIO(as_xliff(found))
    asked = [
        ("post", f"/pieces/{found.source.piece.pk}/languages/", {"language": "fr"}),
        ("get", path, {}),
        ("post", f"{path}save/", {"version": "1", "title": "Stolen"}),
        ("post", f"{path}change/", {"action": "review"}),
        ("get", f"{path}offers/", {"key": "text"}),
        ("get", f"{path}xliff/", {}),
        ("post", f"{path}back/", {"file": sent}),
        ("post", f"/translation-memory/{Segment.objects.earliest('pk').pk}/forget/", {}),
    ]
    stranger, guest, nobody = signed_in(cast.stranger), signed_in(cast.guest), Client()
    for method, address, payload in asked:
        sent.seek(0)
        assert getattr(stranger, method)(address, payload).status_code == 404, address
        sent.seek(0)
        assert getattr(guest, method)(address, payload).status_code in (302, 403, 404), address
        assert getattr(nobody, method)(address).status_code == 302, address
    assert "halbe" not in stranger.get("/translation-memory/").content.decode()
    assert b"halbe" not in stranger.get("/translation-memory/memory.tmx").getvalue()
    assert Piece.objects.filter(title="Stolen").count() == 0
