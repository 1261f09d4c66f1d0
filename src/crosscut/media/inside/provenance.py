"""Reads and writes C2PA manifests with the C2PA project's own library."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import c2pa

from crosscut.kernel.errors import Invalid, Problem, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.provenance.records import Action, Ingredient, Manifest, Provenance, SigningKey, Source, State

STATES = {"Trusted": State.TRUSTED, "Valid": State.VALID, "Invalid": State.BROKEN}
GENERATED = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")  # IPTC NewsCodes, digitalsourcetype
EMPTY = "http://c2pa.org/digitalsourcetype/empty"
# C2PA 2.2, 15.2: what a code means to a person
WORDS: Mapping[str, str] = {
    "signingCredential.untrusted": "The signer is not on the list of those you trust.",
    "signingCredential.expired": "The signer's certificate has run out, and no time stamp shows an earlier date.",
    "signingCredential.revoked": "The signer's certificate was withdrawn.",
    "signingCredential.invalid": "The signer's certificate is not fit for signing.",
    "claimSignature.mismatch": "The signature does not match what was signed: it was altered or is not the signer's.",
    "claimSignature.outsideValidity": "It was signed at a time when the signer's certificate was not valid.",
    "claimSignature.missing": "There is no signature.",
    "assertion.dataHash.mismatch": "The file was changed after it was signed.",
    "assertion.bmffHash.mismatch": "The film or picture was changed after it was signed.",
    "assertion.hashedURI.mismatch": "A statement in it was changed after it was signed.",
    "assertion.missing": "A statement that was signed is missing.",
    "claim.missing": "The statement of origin is missing.",
    "ingredient.manifest.mismatch": "What is said of a file it was made from was changed.",
    "timeStamp.mismatch": "The time stamp belongs to something else.",
    "timeStamp.untrusted": "The time stamp's authority is not known.",
}


def read(path: Path, media_type: str, anchors: Path | None) -> Provenance:
    """The record of a file; state NONE where it has no manifest, or is of a kind that can have none."""
    settings: dict[str, Any] = {"verify": {"verify_trust": True, "remote_manifest_fetch": False}}
    if anchors:
        settings["trust"] = {"trust_anchors": anchors.read_text()}
    try:
        with path.open("rb") as file, c2pa.Reader(media_type, file, context=_context(settings)) as reader:
            store = json.loads(reader.json())
            state = STATES[reader.get_validation_state()]
    except c2pa.C2paError.ManifestNotFound:
        return Provenance(state=State.NONE)
    except c2pa.C2paError.NotSupported:
        return Provenance(state=State.NONE)
    except c2pa.C2paError as fault:
        message = phrase("The statement of origin cannot be read: {fault}", fault=fault)
        problem = Problem(code="provenance.unreadable", where=path.name, message=message)
        return Provenance(state=State.BROKEN, problems=(problem,))
    return Provenance(state=state, manifests=tuple(_manifests(store)), problems=tuple(_problems(path, store)))


def sign(  # noqa: PLR0913 - one order to a child: each is a part of what is signed
    path: Path,
    media_type: str,
    key: SigningKey,
    ingredients: list[Source],
    actions: list[Action],
    source_type: str,
    out: Path,
) -> Provenance:
    """Writes the signed copy and says what it says."""
    definition = _definition(path, media_type, actions, ingredients, source_type)
    try:
        with (
            c2pa.Signer.from_info(_signer_info(key)) as signer,
            c2pa.Builder(definition, context=_context({"builder": {"thumbnail": {"enabled": False}}})) as builder,
            path.open("rb") as source,
            out.open("w+b") as target,
        ):
            for number, ingredient in enumerate(ingredients):
                _add(builder, ingredient, _name(number))
            builder.sign(signer, media_type, source, target)
    except c2pa.C2paError.NotSupported as fault:
        raise Unsupported(
            phrase(
                "{name} is {media_type}, which cannot carry content credentials.", name=path.name, media_type=media_type
            )
        ) from fault
    except c2pa.C2paError as fault:
        raise Invalid.at(
            "key", phrase("It cannot be signed: {fault}", fault=fault), code="provenance.not_signed"
        ) from fault
    return read(out, media_type, None)


def _context(settings: dict[str, Any]) -> c2pa.Context:
    return c2pa.Context(settings=c2pa.Settings.from_dict(settings))


def _signer_info(key: SigningKey) -> c2pa.C2paSignerInfo:
    return c2pa.C2paSignerInfo(
        alg=key.algorithm.encode(),
        sign_cert=key.certificates.read_bytes(),
        private_key=key.key.read_bytes(),
        ta_url=None,
    )


def _definition(
    path: Path, media_type: str, actions: list[Action], ingredients: list[Source], source_type: str
) -> dict[str, Any]:
    parents = [_name(number) for number, one in enumerate(ingredients) if one.is_parent]
    parts = [_name(number) for number, one in enumerate(ingredients) if not one.is_parent]
    begins: dict[str, Any] = {"action": Action.CREATED.value}
    if parents:
        begins = {"action": Action.OPENED.value, "parameters": {"ingredientIds": parents}}
    if source_type or not parents:  # 2.2, 18.17.9: what is created says how; a composite begins with nothing
        begins["digitalSourceType"] = source_type or EMPTY
    placed = [{"action": Action.PLACED.value, "parameters": {"ingredientIds": parts}}] if parts else []
    done = [begins, *placed, *({"action": action.value} for action in actions)]
    return {
        "claim_generator_info": [{"name": "Crosscut", "version": version("crosscut")}],
        "title": path.name,
        "format": media_type,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": done}}],
    }


def _name(number: int) -> str:
    """What an ingredient is called within the statement."""
    return f"ingredient{number}"


def _add(builder: c2pa.Builder, ingredient: Source, name: str) -> None:
    relationship = "parentOf" if ingredient.is_parent else "componentOf"
    about = {"title": ingredient.path.name, "relationship": relationship, "instance_id": name, "label": name}
    with ingredient.path.open("rb") as file:
        builder.add_ingredient(about, ingredient.media_type, file)


def _manifests(store: Mapping[str, Any]) -> Iterable[Manifest]:
    active = store.get("active_manifest", "")
    found = store.get("manifests", {})
    for label in sorted(found, key=lambda label: label != active):
        yield _manifest(label, found[label])


def _manifest(label: str, data: Mapping[str, Any]) -> Manifest:
    signature = data.get("signature_info") or {}
    assertions = {entry["label"]: entry.get("data") or {} for entry in data.get("assertions", [])}
    done = [
        action
        for name, content in assertions.items()
        if name.startswith("c2pa.actions")
        for action in content.get("actions", [])
    ]
    sources = tuple(dict.fromkeys(action["digitalSourceType"] for action in done if "digitalSourceType" in action))
    work = assertions.get("stds.schema-org.CreativeWork", {})
    tools = data.get("claim_generator_info") or [{"name": data.get("claim_generator", "")}]
    return Manifest(
        label=label,
        title=data.get("title") or "",
        signer=", ".join(filter(None, dict.fromkeys([signature.get("issuer"), signature.get("common_name")]))),
        signed_at=datetime.fromisoformat(signature["time"]) if signature.get("time") else None,
        tool=" ".join(filter(None, (tools[0].get("name"), tools[0].get("version")))),
        authors=tuple(str(author.get("name", "")) for author in work.get("author", []) if author.get("name")),
        actions=tuple(action.get("action", "") for action in done),
        is_ai=any(source.endswith(GENERATED) for source in sources),
        digital_source_types=sources,
        ingredients=tuple(_ingredient(entry) for entry in data.get("ingredients", [])),
    )


def _ingredient(data: Mapping[str, Any]) -> Ingredient:
    return Ingredient(
        title=data.get("title") or "",
        relationship=data.get("relationship") or "",
        manifest=data.get("active_manifest") or "",
    )


def _problems(path: Path, store: Mapping[str, Any]) -> Iterable[Problem]:
    """What failed, about the file itself first; each kind once per file it is about."""
    results = store.get("validation_results", {})
    yield from _said(path.name, results.get("activeManifest", {}).get("failure", []))
    for delta in results.get("ingredientDeltas", []):
        yield from _said("ingredient", delta.get("validationDeltas", {}).get("failure", []))


def _said(where: str, failures: Iterable[Mapping[str, str]]) -> Iterable[Problem]:
    for code, explanation in {entry["code"]: entry.get("explanation", "") for entry in failures}.items():
        message = WORDS.get(code, f"It does not hold: {explanation or code}.")
        source = "C2PA Technical Specification 2.2, 15.2"
        yield Problem(code=f"provenance.{code}", where=where, message=message, source=source)
