"""Behind a proxy: who calls is believed of our own proxies only."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, get

from incidents.base.settings import SettingsError, load_settings
from incidents.serve import listening
from incidents.web.limits import Limits
from tests.processes import ROOT

PROXY, STRANGER, CALLER = "10.0.0.7", "203.0.113.9", "198.51.100.4"


@get("/")
async def who(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {"address": request.client.host if request.client else "", "scheme": str(request.scope["scheme"])}


async def seen(peer: str, forwarded: str, tmp_path: Path, trusted: str = "") -> tuple[str, str]:
    """Address and scheme as the service sees them."""
    settings = load_settings({"INCIDENTS72_DATA": str(tmp_path), "TRUSTED_PROXIES": trusted})
    config = listening(settings, Litestar([who], openapi_config=None))
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as caller:
        answer = await caller.get("/", headers={"x-forwarded-for": forwarded, "x-forwarded-proto": "https"})
    said = answer.json()
    return said["address"], said["scheme"]


@pytest.mark.parametrize("peer", ["127.0.0.1", PROXY])
def test_unless_somebody_is_named_nobody_is_believed(peer: str, tmp_path: Path) -> None:
    assert asyncio.run(seen(peer, CALLER, tmp_path)) == (peer, "http")


def test_our_proxy_says_who_calls_and_how(tmp_path: Path) -> None:
    assert asyncio.run(seen(PROXY, CALLER, tmp_path, "10.0.0.0/24, ::1")) == (CALLER, "https")


def test_what_the_caller_wrote_before_our_proxy_is_not_believed(tmp_path: Path) -> None:
    assert asyncio.run(seen(PROXY, f"{STRANGER}, {CALLER}", tmp_path, PROXY)) == (CALLER, "https")


def test_a_stranger_who_says_to_be_a_proxy_is_seen_as_what_they_are(tmp_path: Path) -> None:
    assert asyncio.run(seen(STRANGER, CALLER, tmp_path, PROXY)) == (STRANGER, "http")


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "0.0.0.0/0", "::/0", "10.0.0.7/24"])
def test_only_addresses_and_networks_can_be_trusted_and_never_everybody(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        load_settings({"INCIDENTS72_DATA": str(tmp_path), "TRUSTED_PROXIES": wrong})


def example(kind: str) -> str:
    """The example of a proxy's configuration in the operator's guide."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(rf"```{kind}\n(.*?)```", page, re.S)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("kind", "limit"), [("nginx", r"client_max_body_size (\d+)m;"), ("caddyfile", r"max_size (\d+)MiB")]
)
def test_the_examples_let_through_whatever_the_service_takes(kind: str, limit: str) -> None:
    found = re.search(limit, example(kind))
    assert found
    assert int(found[1]) * 1024**2 >= Limits().bytes


def test_the_example_for_nginx_passes_the_name_on_and_no_address_the_caller_made_up() -> None:
    said = dict(re.findall(r"proxy_set_header (\S+) (\S+);", example("nginx")))
    assert (said["Host"], said["X-Forwarded-For"], said["X-Forwarded-Proto"]) == ("$host", "$remote_addr", "$scheme")
