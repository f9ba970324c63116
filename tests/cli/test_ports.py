"""A busy port names its holder and the flag."""

from __future__ import annotations

import socket
import sys

import pytest

from beforehand.cli.ports import holder_of, require_free
from beforehand.domain.errors import Configuration


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    require_free("127.0.0.1", port, "--port")


def test_a_busy_port_names_its_holder_and_the_flag() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(Configuration) as refused:
            require_free("127.0.0.1", port, "--demo-port")
    assert f"Port {port} is taken" in refused.value.sentence
    assert "choose another with --demo-port" in refused.value.sentence
    if sys.platform == "linux":
        assert "pid" in refused.value.sentence


def test_a_port_nobody_holds_has_no_holder() -> None:
    assert holder_of(1) == ""
