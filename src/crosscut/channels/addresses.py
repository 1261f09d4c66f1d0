"""Which addresses a person may send us to: the public internet, and nothing behind our own door."""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What `ipaddress` of Python 3.11 calls global and is not ours to reach.
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598; Alibaba's metadata lives here
        "168.63.129.16/32",  # Azure's host, seen from every virtual machine
        "192.0.0.0/24",  # protocol assignments, RFC 6890; Oracle's metadata lives here
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "2001::/23",  # protocol assignments, RFC 2928, Teredo among them
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # IANA IPv6 address space: all that is public
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291 2.5.5.1, no longer in use


def is_public(address: str) -> bool:
    """Whether anybody on the internet can reach this address, looking through addresses that wrap another.

    >>> [is_public(address) for address in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::")]
    [True, False, False, False]
    """
    plain = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if plain.is_multicast or not plain.is_global or any(plain in network for network in _CLOSED):
        return False
    return plain.version == 4 or plain in _GLOBAL_UNICAST


def is_named(host: str, port: int, allowed: Iterable[str]) -> bool:
    """Whether the list names this host, alone or with this port.

    >>> is_named("127.0.0.1", 8000, ["127.0.0.1:8000"]), is_named("127.0.0.1", 22, ["127.0.0.1:8000"])
    (True, False)
    >>> is_named("::1", 80, ["[::1]:80"]), is_named("LocalHost", 1, ["localhost"])
    (True, True)
    """
    bare = host.lower().strip("[]")
    spellings = {bare, f"[{bare}]", f"{bare}:{port}", f"[{bare}]:{port}"}
    return any(name.strip().lower() in spellings for name in allowed)


def _unwrapped(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
