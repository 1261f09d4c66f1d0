"""What people change about themselves."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from crosscut.apps.accounts.models import Member, User
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.signing_in import sign_in
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import check_zone


@transaction.atomic
def change_profile(by: Member, *, name: str, language: str, time_zone: str) -> User:
    """The person with another name, language of the pages, and time zone (empty: the workspace's)."""
    if not name.strip():
        raise Invalid.at("name", phrase("Give your name."))
    if language not in dict(settings.LANGUAGES):
        raise Invalid.at("language", phrase("The pages do not speak this language yet."))
    if time_zone:
        check_zone(time_zone)
    user = by.user
    user.name, user.language, user.time_zone = name.strip(), language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    record("profile.changed", by, by=by)
    return user


def change_password(by: Member, *, current: str, new: str, address: str) -> User:
    """The person with another password, which signs every other session out.

    The current one is asked for as at the sign-in, with the same waiting after too many tries.
    """
    try:
        user = sign_in(by.user.email, current, address=address)
    except Invalid:
        raise Invalid.at("current", phrase("This is not your present password."), code="password.wrong") from None
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Invalid(
            problems=[Problem(code="user.password", where="new", message=text) for text in error.messages]
        ) from None
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        record("password.changed", by, by=by)
    return user
