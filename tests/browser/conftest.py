"""A running system and a real browser: gunicorn on a published database, driven through Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from engine.command_line.serving import web_command
from engine.command_line.supervision import AlreadyRunning, RunLock
from engine.demonstration import PASSWORD
from engine.settings import PROJECT, Settings, read_settings
from torture.system import reserved_port

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCREENSHOTS = read_settings().var / "screenshots"
SLOWEST_START, SLOWEST_STOP = 120.0, 60.0
"""Seconds that the web server gets; far more than is needed on an idle machine."""
LONGEST_WAIT = 60_000
"""Milliseconds that the browser gets for anything; likewise."""

SCREEN = {"width": 1366, "height": 768}
expect.set_options(timeout=LONGEST_WAIT)


def browser_path() -> str | None:
    """The browser to drive: `MOTCUA_TEST_BROWSER`, else the machine's Chromium, else Playwright's own (None)."""
    chosen = os.environ.get("MOTCUA_TEST_BROWSER")
    return chosen or next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser, without a window; it asks nobody on the network but the system under test.

    It ends with the tests of this folder: while it is open its event loop runs in this thread, and tests that start
    one cannot.
    """
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path(),
            args=[*quiet, *sandbox, "--disable-gpu", "--disable-quic"],
            timeout=2 * LONGEST_WAIT,
        )
        yield browser
        browser.close()


def free_place(address: str) -> RunLock:
    """The first folder that no other server runs from; what a killed run left running from it is ended."""
    for number in count(1):
        lock = RunLock(read_settings().var / "test-web" / str(number))
        with suppress(AlreadyRunning):
            lock.take(address)
            return lock
    raise AssertionError("there is always one more folder")


@pytest.fixture(scope="package")
def address(database_server: Any, published_template: str) -> Iterator[str]:
    """Where the system answers: the web server as `motcua serve` starts it, on a database of its own."""
    name = database_server.scratch(published_template)
    with reserved_port() as port:
        served = f"http://127.0.0.1:{port}"
        place = free_place(served)
        settings = Settings(database_url=database_server.url(name), secret_key="k" * 48, port=port, web_workers=1)
        secrets = {"MOTCUA_DATABASE_URL": settings.database_url, "MOTCUA_SECRET_KEY": settings.secret_key}
        command, environment = web_command(settings), {**os.environ, **secrets}
        server = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
        try:
            place.note(served, [server.pid])
            _wait_until_ready(server, port)
            yield served
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=SLOWEST_STOP)
            place.release()
            database_server.drop(name)


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SLOWEST_START
    while not _ready(port):
        assert server.poll() is None, "the web server ended"
        assert time.monotonic() < deadline, "the web server did not answer"
        time.sleep(0.1)


def _ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Screens:
    """Takes pictures of what people saw, numbered in the order of the story."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def take(self, page: Page, name: str) -> None:
        self.number += 1
        page.screenshot(path=self.folder / f"{self.number:02d}-{name}.png")


@pytest.fixture
def screens(request: pytest.FixtureRequest) -> Screens:
    """Where this test's pictures go: var/screenshots/<name of the test>."""
    return Screens(SCREENSHOTS / request.node.name.split("[")[0].removeprefix("test_"))


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors of scripts, and whatever the content security policy stopped."""
    return []


def _send_the_login_form(page: Page, username: str) -> None:
    """Log in as the page would, without drawing it; the tests that are about logging in do so by its fields."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.request.get("/dang-nhap").text())
    assert token, "every page carries a token"
    fields = {"csrf_token": token[1], "username": username, "password": PASSWORD}
    assert page.request.post("/dang-nhap", form=fields, max_redirects=0).status == 303


@pytest.fixture
def sit_down(chromium: Browser, address: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Gives the empty screen of a person who has just logged in; nobody's without a user name."""
    contexts = []

    def give(username: str | None = None, screen: dict[str, int] | None = None) -> Page:
        context = chromium.new_context(base_url=address, viewport=screen or SCREEN, locale="vi-VN")
        contexts.append(context)
        context.set_default_timeout(LONGEST_WAIT)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if username:
            _send_the_login_form(page, username)
        return page

    yield give
    for context in contexts:
        context.close()
