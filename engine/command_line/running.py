"""`motcua run`: the whole system on one machine, from nothing to an address that answers."""

from __future__ import annotations

import signal
import socket
import time
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

from engine.command_line.children import prepare, run_in_child, serve_web, welcome, work
from engine.command_line.console import tell
from engine.command_line.environment import running_database
from engine.command_line.refusing import refuse_plainly
from engine.command_line.supervision import RunLock, Supervisor
from engine.refusals import Conflict
from engine.settings import Settings, read_settings

LONGEST_START = 60.0
"""Seconds that the web server gets until it answers."""


class PortTaken(Conflict):
    """Another program listens where the web server should."""

    vi = "Cổng {port} đang được một chương trình khác sử dụng."
    en = "Port {port} is used by another program."
    remedy_vi = "Hãy chọn cổng khác, ví dụ: PORT={other} make run"
    remedy_en = "Choose another one, for example: PORT={other} make run"


class WebServerSilent(Conflict):
    """The web server did not answer in time."""

    vi = "Máy chủ web không trả lời {address}/healthz sau {seconds} giây."
    en = "The web server did not answer {address}/healthz within {seconds} seconds."
    remedy_vi = "Nguyên nhân nằm ở các dòng phía trên."
    remedy_en = "The lines above say why."


@refuse_plainly
def run(*, with_demonstration: bool) -> None:
    """Start everything, print the address and the demo accounts, and stop everything at Ctrl-C."""
    begun, settings = time.monotonic(), read_settings()
    address = f"http://{'localhost' if settings.host in ('127.0.0.1', '0.0.0.0') else settings.host}:{settings.port}"  # noqa: S104
    lock = RunLock(settings.var)
    lock.take(address)
    _stop_in_order_when_asked()
    try:
        _check_port(settings)
        with running_database(settings.with_secret()) as ready:
            run_in_child(prepare, ready, with_demonstration)
            _serve(ready, lock, address, begun)
    except KeyboardInterrupt:
        tell(
            "Đã dừng khi chưa khởi động xong; việc dở dang đã được hoàn tác.",
            "Stopped before everything had started; what was not finished is undone.",
        )
    finally:
        lock.release()


def _stop_in_order_when_asked() -> None:
    """Let every request to stop unwind the start as Ctrl-C does, also where a shell started us with Ctrl-C ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            raise PortTaken(port=settings.port, other=settings.port + 1) from None


def _serve(settings: Settings, lock: RunLock, address: str, begun: float) -> None:
    with Supervisor(lambda children: lock.note(address, children)) as supervisor:
        supervisor.start("web", serve_web, settings)
        supervisor.start("worker", work, settings)
        _wait_until_ready(settings, supervisor, address)
        if not supervisor.asked_to_stop:
            run_in_child(welcome, settings, address, timedelta(seconds=time.monotonic() - begun))
        while not supervisor.asked_to_stop:
            for name in supervisor.look():
                tell(
                    f"Tiến trình {name} dừng bất thường và đã được khởi động lại.",
                    f"The {name} ended unexpectedly and was started again.",
                )
            time.sleep(0.2)
        tell(
            "\nĐang dừng: hoàn tất các yêu cầu và công việc đang chạy …",
            "\nStopping: running requests and jobs are finished first …",
        )


def _wait_until_ready(settings: Settings, supervisor: Supervisor, address: str) -> None:
    deadline = time.monotonic() + LONGEST_START
    while not supervisor.asked_to_stop and not _answers(settings):
        supervisor.look()
        if time.monotonic() > deadline:
            raise WebServerSilent(address=address, seconds=int(LONGEST_START))
        time.sleep(0.05)


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104
    connection = HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
