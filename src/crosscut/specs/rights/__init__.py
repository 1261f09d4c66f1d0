"""May this file go there, from when, and until when? One solver answers for planning, for sending and for what is live.

answer = may(holdings, use)              yes; no, because; or from when
stand = standing(holdings, at)           what may be done with it at all, whatever is planned
findings = check_rights(holdings, use)   the same for a post: with endings to come and names that must be named
"""

from crosscut.specs.rights.findings import check_rights
from crosscut.specs.rights.odrl import from_odrl, to_odrl
from crosscut.specs.rights.records import Consent, Edits, Holdings, Licence, Scope, Use, covers
from crosscut.specs.rights.solver import Answer, Verdict, allowed_windows, may
from crosscut.specs.rights.standing import Grant, Standing, standing, turning_points

__all__ = [
    "Answer",
    "Consent",
    "Edits",
    "Grant",
    "Holdings",
    "Licence",
    "Scope",
    "Standing",
    "Use",
    "Verdict",
    "allowed_windows",
    "check_rights",
    "covers",
    "from_odrl",
    "may",
    "standing",
    "to_odrl",
    "turning_points",
]
