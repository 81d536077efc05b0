"""Which addresses our server calls for others: public ones, checked once and called as checked."""

from __future__ import annotations

import ipaddress

import pytest

from dealers.foundation.addresses import PrivateReceivers, checked_address, is_public, read_target
from dealers.foundation.refusals import Refused

PREMISES = PrivateReceivers.parse(["10.20.0.0/16", "erp.corp.internal", "127.0.0.1"])


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.255.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "192.0.0.8",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_addresses_that_are_no_hosts_of_the_public_network(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.cn/", "not_https"),
        ("ftp://example.cn/", "bad_url"),
        ("https://", "bad_url"),
        ("example.cn", "bad_url"),
        ("https://user@example.cn/", "bad_url_parts"),
        ("https://user:pass@example.cn/", "bad_url_parts"),
        ("https://example.cn/#part", "bad_url_parts"),
        ("https://example.cn:22/", "bad_port"),
        ("https://example.cn:99999/", "bad_url"),
        ("https://exa mple.cn/", "bad_url"),
        ("https://example.cn/\r\nX-Other: 1", "bad_url"),
        ("https://пример.cn/", "bad_url"),
        ("https://2130706433/", "bad_host"),
        ("https://0x7f.1/", "bad_host"),
        ("https://127.1/", "bad_host"),
        ("https://[::1", "bad_url"),
        ("https://example.cn/" + "a" * 500, "bad_url"),
    ],
)
def test_addresses_nobody_may_name(url: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_target(url)
    assert refusal.value.code == code


def resolving(*addresses: str):
    return lambda host, port: list(addresses)


def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    target = read_target("https://example.cn/in?x=1")
    assert (target.host, target.port, target.path) == ("example.cn", 443, "/in?x=1")
    assert checked_address(target, resolve=resolving("8.8.8.8", "1.1.1.1")) == "8.8.8.8"
    for bad in ("10.0.0.1", "::1", "fe80::1%eth0"):
        with pytest.raises(Refused) as refusal:
            checked_address(target, resolve=resolving("8.8.8.8", bad))
        assert refusal.value.code == "private_address"


def test_a_name_nobody_knows() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Refused) as refusal:
        checked_address(read_target("https://nowhere.example/"), resolve=fails)
    assert refusal.value.code == "not_resolved"


def test_listed_premises_may_be_private_and_without_tls_and_nothing_else() -> None:
    for url, address in (
        ("http://10.20.3.4:80/in", "10.20.3.4"),
        ("http://erp.corp.internal/in", "10.99.0.1"),
        ("http://box.example/in", "10.20.0.9"),
        ("http://127.0.0.1:9900/", "127.0.0.1"),
    ):
        target = read_target(url, private=PREMISES)
        assert checked_address(target, resolve=resolving(address), private=PREMISES) == address
    with pytest.raises(Refused):
        checked_address(read_target("https://10.21.0.1/", private=PREMISES), resolve=resolving(), private=PREMISES)
    with pytest.raises(Refused) as refusal:
        target = read_target("http://example.cn/", private=PREMISES)
        checked_address(target, resolve=resolving("8.8.8.8"), private=PREMISES)
    assert refusal.value.code == "not_https"
