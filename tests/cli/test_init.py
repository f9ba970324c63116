"""`beforehand init`: data folder, source, secrets, tag and a token that verifies."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from beforehand.domain.errors import Invalid
from beforehand.installation import parse_origin


def run(*words: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
    """The real command in its own process."""
    return subprocess.run(
        [sys.executable, "-m", "beforehand", *words],
        capture_output=True, text=True, check=check, env={**os.environ, **env},
    )  # fmt: skip


def init(data: Path, *words: str) -> dict[str, str]:
    facts: dict[str, str] = json.loads(
        run("init", "--origin", "https://app.example.com", "--data", str(data), "--json", *words).stdout
    )
    return facts


def test_it_prints_a_tag_and_a_token_that_verifies(tmp_path: Path) -> None:
    facts = init(tmp_path / "data", "--url", "https://help.example.com/")
    assert facts["tag"] == (
        '<script type="module" crossorigin src="https://help.example.com/v1/widget.js" '
        f'data-key="{facts["key"]}"></script>'
    )
    claims = jwt.decode(facts["token"], OctKey.import_key(facts["secret"])).claims
    assert claims["sub"] == "sample-user" and claims["exp"] - claims["iat"] == 3_600
    key = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert facts["secret"].encode() not in (tmp_path / "data" / "beforehand.db").read_bytes()


def test_a_second_origin_joins_the_same_source(tmp_path: Path) -> None:
    first = init(tmp_path / "data")
    again = json.loads(
        run("init", "--origin", "https://www.example.com", "--data", str(tmp_path / "data"), "--json").stdout
    )
    assert again["key"] == first["key"] and again["secret"] == first["secret"]
    assert again["origins"] == "https://app.example.com https://www.example.com"


def test_another_environment_is_another_source(tmp_path: Path) -> None:
    first = init(tmp_path / "data")
    staging = init(tmp_path / "data", "--environment", "staging")
    assert staging["key"] != first["key"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("init", "--origin", "app.example.com"), "--origin: expected scheme and host"),
        (("init", "--origin", "https://a.example/path"), "--origin: expected scheme and host"),
        (("init", "--origin", "https://a.example", "--environment", "test"), "--environment: expected one of"),
        (("serve",), "is not a data folder yet"),
        (("replay", "nothing"), "is not a data folder yet"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    done = run(*words, "--data", str(tmp_path / "none"), check=False)
    assert done.returncode == 1
    assert sentence in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_wrong_setting_is_named() -> None:
    done = run("serve", check=False, BEFOREHAND_PORT="99999999")
    assert done.returncode == 1 and "port: " in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://App.Example.com", "https://app.example.com"),
        ("https://app.example.com:443/", "https://app.example.com"),
        ("http://127.0.0.1:8788", "http://127.0.0.1:8788"),
        ("http://[::1]:8788", "http://[::1]:8788"),
    ],
)
def test_origins_are_written_one_way(text: str, origin: str) -> None:
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "text", ["", "null", "*", "https://", "ftp://a.example", "https://u@a.example", "https://a.example?x", "https://a:x"]
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_origin(text)
