"""No sentence is forgotten: all that people read stands in the catalogue, and is said in their language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from lxml import html
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.models import PieceMedia
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.phrases import names_in
from crosscut.kernel.pseudo import accented
from crosscut.site.catalogue import PACKAGE, Message, collect, messages_in, write
from crosscut.specs.sentences import SENTENCES

PSEUDO = {settings.LANGUAGE_COOKIE_NAME: "en-xa"}
SENTENCE = re.compile(r"\b[A-Za-z][a-z]+(?: [a-z]+){2,}")  # three plain words in a row
ERRORS = {family.__name__ for family in (*CrosscutError.__subclasses__(), CrosscutError)} | {"ReconnectNeeded", "at"}
SERVICES = sorted(
    [
        *(PACKAGE / "apps" / "accounts" / "services").glob("*.py"),
        *(PACKAGE / "apps" / "accounts" / name for name in ("permissions.py", "access.py")),
        PACKAGE / "apps" / "preflight" / "services.py",
        PACKAGE / "kernel" / "zones.py",
        *(PACKAGE / "specs").glob("*.py"),
    ]
)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """The thread's language as it was: a request of the test client leaves it behind."""
    yield
    translation.deactivate()


@pytest.fixture(scope="module")
def collected() -> list[Message]:
    """Every message, from one look through all sources."""
    return list(collect())


@pytest.fixture(scope="module")
def catalogue(collected: list[Message]) -> dict[str, Message]:
    return {message.text: message for message in collected}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_finding_is_in_the_catalogue_with_its_repair_and_plural(code: str, catalogue: dict[str, Message]):
    sentence = SENTENCES[code]
    assert catalogue[sentence.message].plural == sentence.plural
    assert not sentence.repair or sentence.repair in catalogue
    assert names_in(sentence.plural or sentence.message) == names_in(sentence.message)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_error_of_these_services_is_in_the_catalogue(path: Path):
    bare = [ast.unparse(words) for words in _words_of_errors(ast.parse(path.read_text())) if not _is_marked(words)]
    assert bare == []


def test_a_catalogue_keeps_context_plural_and_the_marks_of_strings():
    source = 'pgettext("month", "May")\ncounted("{n} \\"day\\"", "{n} days", 2)\n'
    written = write({message: ["a.py"] for message in messages_in(source)})
    assert 'msgctxt "month"\nmsgid "May"\nmsgstr ""' in written
    assert '#, python-brace-format\nmsgid "{n} \\"day\\""\nmsgid_plural "{n} days"\nmsgstr[0] ""' in written


def test_one_message_is_one_entry_wherever_it_stands(collected: list[Message]):
    keys = [(message.text, message.context) for message in collected]
    assert len(keys) == len(set(keys))


def test_the_findings_of_a_piece_are_said_in_the_readers_language(cast: Cast):
    piece = _troubled_piece(cast)
    page = _client(cast).get(f"/pieces/{piece.pk}/findings/")
    lines: Any = html.fromstring(page.content).xpath('//p[@class="finding-message" or @class="finding-repair"]')
    words = [line.text_content() for line in lines]
    assert len(words) > 8
    assert [line for line in words if _left_in_english(line)] == []


def test_programs_read_findings_and_problems_in_the_language_they_ask_for(cast: Cast):
    piece = _troubled_piece(cast)
    (practice,) = (
        program(cast.lead).get(f"/api/pieces/{piece.pk}/findings", headers={"Accept-Language": "en-xa"}).json()
    )
    assert [one["message"] for one in practice["findings"] if _left_in_english(one["message"])] == []
    refused = program(cast.junior).post(
        "/api/invitations", {"role": "junior"}, content_type="application/json", headers={"Accept-Language": "en-xa"}
    )
    assert refused.status_code == 403
    assert not _left_in_english(refused.json()["detail"]) and not _left_in_english(
        refused.json()["problems"][0]["message"]
    )


def test_the_sign_in_page_and_its_refusal_are_said_in_the_readers_language(cast: Cast):
    client = Client()
    client.cookies.load(PSEUDO)
    wrong = {"email": cast.lead.user.email, "password": "not-the-password"}
    for answer in (client.get("/sign-in/"), client.post("/sign-in/", wrong)):
        assert _left_in_english(_main(answer.content)) == []
    refusal = "This e-mail address and password do not go together. Check both and try again."
    assert accented(refusal) in answer.content.decode()


def test_the_errors_of_the_team_page_are_said_in_the_readers_language(cast: Cast):
    lead, junior = _client(cast), signed_in(cast.junior)
    junior.cookies.load(PSEUDO)
    refusals = (
        lead.post("/team/invite/", {"role": "captain", "email": ""}),
        lead.post(f"/team/{cast.lead.pk}/role/", {"role": "junior"}),  # the last lead
        lead.post("/team/999999/remove/"),
        junior.post("/team/invite/", {"role": "junior", "email": ""}),  # may not
    )
    for answer in refusals:
        assert answer.status_code >= 400
        assert _left_in_english(_main(answer.content)) == []


def _client(cast: Cast) -> Client:
    client = signed_in(cast.lead)
    client.cookies.load(PSEUDO)
    return client


def _troubled_piece(cast: Cast):
    """One with too long a text, a picture nobody described, and a licence that has ended."""
    words = "WRITE ABOUT THE REEF [placeholder] TODO #coralreefwatching " + "x" * 400
    piece = create_piece(cast.lead, title="Reef", text=words)
    picture, other = (made.asset(cast.lead, name) for name in ("reef.jpg", "leaf.jpg"))
    made.expired(picture)
    for one in (picture, other):
        set_media(cast.lead, piece, one)
        piece.refresh_from_db()
    PieceMedia.objects.filter(asset=other).update(alt_text="image of a leaf")
    set_outlet(cast.lead, piece, channel_slug="practice", post_type="images")
    piece.refresh_from_db()
    return piece


def _main(page: bytes) -> str:
    whole: Any = html.fromstring(page)
    (found,) = whole.xpath("//main") or [whole]
    for element in found.xpath(".//script | .//style | .//option | .//svg"):
        element.drop_tree()
    return " ".join(part.strip() for part in found.itertext() if part.strip())


def _left_in_english(text: str) -> list[str]:
    """The runs of plain words outside the brackets of the test language."""
    before = ""
    while before != text:  # phrases stand in phrases
        before, text = text, re.sub(r"\[[^\[\]]*\]", " · ", text)
    return SENTENCE.findall(text)


def _words_of_errors(tree: ast.AST):
    """What each error and problem made in the code says."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in ERRORS:
            yield from call.args[1 if name == "at" else 0 :][:1]
        if name in ("Problem", "Finding"):
            yield from (word.value for word in call.keywords if word.arg in ("message", "repair"))


def _is_marked(words: ast.expr) -> bool:
    """Whether it goes through a translator: not a text or a template of its own."""
    return not isinstance(words, ast.Constant | ast.JoinedStr | ast.BinOp)
