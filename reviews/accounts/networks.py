"""The networks that a key may be used from: read, put into one form, and asked."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from reviews.errors import ErrorCode, Refused

AT_MOST = 50
_SHOWN = 60
_MAPPED = IPv6Network("::ffff:0:0/96")


class NetworkRefused(Refused):
    code = ErrorCode.KEY_REFUSED


def parsed(texts: Iterable[str]) -> list[str]:
    """Each once, by version and number, with its length. Raises NetworkRefused."""
    found = {_network(text.strip()) for text in texts if text.strip()}
    if len(found) > AT_MOST:
        raise NetworkRefused(
            "The key's networks are refused",
            f"{len(found)} of them",
            f"Give {AT_MOST} at most; wider ones hold several.",
        )
    order = sorted(found, key=lambda each: (each.version, each.network_address, each.prefixlen))
    return [str(each) for each in order]


def holds(networks: Sequence[str], address: str) -> bool:
    """Whether a caller from `address` is let in; without networks each is."""
    if not networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, IPv6Address) and caller.ipv4_mapped:
        caller = caller.ipv4_mapped
    return any(caller in ip_network(each) for each in networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(text)
    except ValueError:
        raise NetworkRefused(
            "The key's networks are refused", repr(text[:_SHOWN]), _remedy(text)
        ) from None
    if isinstance(network, IPv4Network):
        return network
    if network.network_address.scope_id:
        raise NetworkRefused(
            "The key's networks are refused", repr(text[:_SHOWN]), "Leave the part from % on out."
        )
    if network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def _remedy(text: str) -> str:
    try:
        whole = ip_network(text, strict=False)
    except ValueError:
        return "Write an address or a network, as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32."
    return f"Bits are set beyond its length: write {whole}, or the address alone."
