"""Content credentials (C2PA): who made a file, from what and how, signed so that a change shows.

read(path)                                            what it says and whether that holds, with reasons in words
sign(rendition, key=key, parent=master, actions=(Action.CROPPED,))    last, after every other writing
sign_composite(cut, key=key, components=[one, two])   the same for what was made of several files
make_authority(folder, organisation="Reef Trust")     a key and a certificate chain of one's own
key_in(folder)                                        that key, another time
"""

from crosscut.media.provenance.actions import actions_of
from crosscut.media.provenance.authority import make_authority
from crosscut.media.provenance.keys import key_in
from crosscut.media.provenance.records import Action, Ingredient, Manifest, Provenance, SigningKey, State
from crosscut.media.provenance.signing import read, sign, sign_composite

__all__ = [
    "Action",
    "Ingredient",
    "Manifest",
    "Provenance",
    "SigningKey",
    "State",
    "actions_of",
    "key_in",
    "make_authority",
    "read",
    "sign",
    "sign_composite",
]
