"""The first person of a fresh installation.

Whoever sees the machine's terminal or files owns the installation, and nobody else: the set-up page opens only with a
link that `crosscut up` prints. Its token is derived from the installation's secret key, so it needs no file of its own,
is the same for every process, and is worth nothing as soon as there is a user. It is asked for on loopback too: other
people of the machine, a proxy or a page in the browser can reach loopback as well.
"""

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from crosscut.apps.accounts.models import Member, User
from crosscut.apps.accounts.services.people import found_workspace, register_user
from crosscut.kernel.errors import NotAllowed, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import check_zone


def needs_setup() -> bool:
    """Whether nobody can sign in yet."""
    return not User.objects.exists()


def setup_url() -> str:
    """The address that opens the set-up page, for whoever started the installation; empty when it is set up."""
    return f"{settings.DESK_URL}/setup/{_token()}/" if needs_setup() else ""


def check_setup_token(token: str) -> None:
    """Raises NotFound once there is a user, and NotAllowed for a wrong token."""
    if not needs_setup():
        raise NotFound(phrase("Crosscut is set up already. Sign in instead."))
    if not constant_time_compare(token, _token()):
        raise NotAllowed(phrase("This is not the set-up link. Open the one that crosscut up printed."))


@transaction.atomic
def set_up(token: str, *, name: str, email: str, password: str, workspace: str, time_zone: str) -> Member:
    """The first user, lead of the first workspace."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('set-up', 0))")
    check_setup_token(token)
    check_zone(time_zone)
    user = register_user(email, name, password, time_zone="")
    return found_workspace(workspace, owner=user, time_zone=time_zone)


def _token() -> str:
    return salted_hmac("crosscut set-up", "first user", algorithm="sha256").hexdigest()
