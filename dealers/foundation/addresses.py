"""Which addresses of the network our server may call on behalf of others.

Whoever may name an address could otherwise make the server call itself, its database or its neighbours. So a name is
resolved once, every address it has must be public, and the call goes to an address that was checked.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

LONGEST_URL = 500
_PORTS_FROM = 1024
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\.?", re.ASCII)
#: IPv6 that carries an IPv4 address inside: NAT64, its local form, 6to4, Teredo.
_CARRIERS = (("64:ff9b::/96", 0), ("64:ff9b:1::/48", 0), ("2002::/16", 80), ("2001::/32", None))
#: Shared address space of carriers (RFC 6598) and other ranges that `ipaddress` does not call private everywhere.
_RESERVED = tuple(
    ipaddress.ip_network(text)
    for text in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4")
) + tuple(ipaddress.ip_network(text) for text in ("::/96", "100::/64", "fec0::/10", "5f00::/16"))


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver's address taken apart: where to connect, and what to ask for there."""

    secure: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class PrivateReceivers:
    """Hosts and networks that may be called although they are private, and without TLS."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> PrivateReceivers:
        """From hosts and networks as they stand in the settings; ``10.1.2.3`` is a network of one."""
        hosts, networks = set(), []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                hosts.add(entry.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def names(self, host: str) -> bool:
        return host.rstrip(".") in self.hosts

    def holds(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self.networks)


NOBODY = PrivateReceivers()


def read_target(url: str, *, private: PrivateReceivers = NOBODY) -> Target:
    """Take an address apart. Raises `Refused` for what is not https, names a person, or has an odd host or port."""
    if len(url) > LONGEST_URL or not url.isascii() or any(mark.isspace() or ord(mark) < 32 for mark in url):
        raise Refused("bad_url", _("is not an address: at most 500 plain characters, without spaces"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("bad_url", _("is not an address; write it like https://erp.example.cn/halfmoon")) from error
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host:
        raise Refused("bad_url", _("is not an address; write it like https://erp.example.cn/halfmoon"))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("bad_url_parts", _("must not carry a login or a fragment"))
    literal = _literal(host)
    if literal is None and (not _NAME.fullmatch(host) or _looks_numeric(host)):
        raise Refused("bad_host", _("has a host that is neither a name nor an IP address"))
    own_premises = private.names(host) or (literal is not None and private.holds(literal))
    if parts.scheme == "http" and not (own_premises or (literal is None and private.networks)):
        raise Refused("not_https", _("must begin with https://"))
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in (443, 80) and port < _PORTS_FROM and not own_premises:
        raise Refused("bad_port", _("has a port that is not open to webhooks: use 443 or one from 1024 on"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path)


def checked_address(target: Target, *, resolve: Resolve, private: PrivateReceivers = NOBODY) -> str:
    """One address of the target, after every one it has was checked.

    Raises `Refused` when the name does not resolve, when any address is not public, or when a target without TLS is
    not on the listed premises.
    """
    literal = _literal(target.host)
    try:
        found = [str(literal)] if literal else list(resolve(target.host, target.port))
    except (OSError, UnicodeError) as error:
        raise Refused("not_resolved", _("has a host whose name is not known")) from error
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
    if not addresses:
        raise Refused("not_resolved", _("has a host whose name is not known"))
    for address in addresses:
        listed = private.names(target.host) or private.holds(address)
        if not listed and not target.secure:
            raise Refused("not_https", _("must begin with https://"))
        if not listed and not is_public(address):
            raise Refused("private_address", _("leads to a private address; only public ones are called"))
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host of the public network, also when one is wrapped in the other."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        for network, shift in _CARRIERS:
            if address in ipaddress.ip_network(network):
                return (
                    False if shift is None else is_public(ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF))
                )
    if any(address.version == network.version and address in network for network in _RESERVED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _looks_numeric(host: str) -> bool:
    """Forms such as ``2130706433`` and ``0x7f.1``, which resolvers read as addresses."""
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")
