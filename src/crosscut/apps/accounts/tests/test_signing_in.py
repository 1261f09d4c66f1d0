"""Signing in and guessing."""

from datetime import timedelta
from time import perf_counter

import pytest
from django.utils import timezone
from tests.cast import PASSWORD, Cast

from crosscut.apps.accounts.models import SignInFailure
from crosscut.apps.accounts.services.signing_in import FREE_TRIES_PER_ADDRESS, FREE_TRIES_PER_EMAIL, sign_in
from crosscut.kernel.errors import Invalid, Unavailable

HERE = "203.0.113.7"


def test_it_knows_a_person_by_address_and_password_whatever_the_case_of_the_address(cast: Cast):
    assert sign_in(" LEAD@Example.org ", PASSWORD, address=HERE) == cast.lead.user


def test_it_says_the_same_of_an_unknown_address_and_a_wrong_password(cast: Cast):
    words = [_refusal("lead@example.org"), _refusal("nobody@example.org")]
    assert words[0] == words[1]


def test_it_takes_as_long_for_an_unknown_address_as_for_a_wrong_password(cast: Cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    cast.lead.user.set_password(PASSWORD)
    cast.lead.user.save()
    known_s, unknown_s = _time_s("lead@example.org"), _time_s("nobody@example.org")
    assert unknown_s > known_s / 3  # without the hashing of a dummy it is a hundredth


@pytest.mark.parametrize("email", ["lead@example.org", "nobody@example.org"])
def test_it_makes_whoever_guesses_wait_without_looking_at_the_password(cast: Cast, email: str):
    for number in range(FREE_TRIES_PER_EMAIL):
        with pytest.raises(Invalid):
            sign_in(email, "wrong", address=f"203.0.113.{number}")
    with pytest.raises(Unavailable) as waiting:
        sign_in(email, PASSWORD, address=HERE)
    assert 0 < (waiting.value.after_s or 0) <= 30


def test_it_makes_an_address_wait_that_tries_many_people(cast: Cast):
    for number in range(FREE_TRIES_PER_ADDRESS):
        with pytest.raises(Invalid):
            sign_in(f"person{number}@example.org", "wrong", address=HERE)
    with pytest.raises(Unavailable):
        sign_in("lead@example.org", PASSWORD, address=HERE)
    assert sign_in("lead@example.org", PASSWORD, address="203.0.113.99") == cast.lead.user


def test_it_waits_twice_as_long_after_each_further_guess(cast: Cast):
    waits_s = [_wait_after(count) for count in (5, 6, 7, 30)]
    assert waits_s == pytest.approx([30, 60, 120, 900], abs=2)


def test_it_forgets_failures_once_the_wait_is_over_and_the_password_right(cast: Cast):
    _fail(FREE_TRIES_PER_EMAIL, ago=timedelta(seconds=31))
    assert sign_in("lead@example.org", PASSWORD, address=HERE) == cast.lead.user
    assert not SignInFailure.objects.exists()


def test_it_keeps_no_failure_longer_than_a_day(cast: Cast):
    _fail(3, ago=timedelta(hours=25))
    _refusal("lead@example.org")
    assert SignInFailure.objects.count() == 1


def test_it_lets_nobody_in_who_may_no_longer_sign_in(cast: Cast):
    cast.lead.user.is_active = False
    cast.lead.user.save()
    _refusal("lead@example.org", PASSWORD)


def _refusal(email: str, password: str = "wrong") -> str:
    with pytest.raises(Invalid) as refused:
        sign_in(email, password, address=HERE)
    return str(refused.value)


def _time_s(email: str) -> float:
    begun = perf_counter()
    _refusal(email)
    return perf_counter() - begun


def _fail(count: int, *, ago: timedelta) -> None:
    rows = [SignInFailure(email="lead@example.org", address=HERE, at=timezone.now() - ago) for _ in range(count)]
    SignInFailure.objects.bulk_create(rows)


def _wait_after(count: int) -> float:
    SignInFailure.objects.all().delete()
    _fail(count, ago=timedelta(0))
    with pytest.raises(Unavailable) as waiting:
        sign_in("lead@example.org", PASSWORD, address="203.0.113.250")
    return waiting.value.after_s or 0
