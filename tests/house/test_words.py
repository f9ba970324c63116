"""The project's files speak of the project alone: no machine's paths, no registry's address."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT, named, texts, tracked

SELF = "tests/house/test_words.py"
FORBIDDEN = {
    "a path of one machine": re.compile(r"/work/|/root/|/home/(?!you\b)\w+/|\.\./shared|pyenv"),
    "a package registry's address": re.compile(
        r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|nodesource\.com|proxy\.golang"
    ),
    "an editor's leftover": re.compile(r"^(<{7}|={7}|>{7})( |$)", re.M),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    found = [
        f"{name}: {match.group(0)}"
        for name, text in texts()
        if name != SELF and (match := FORBIDDEN[what].search(text))
    ]
    assert not found, f"{what}: {found}"


def locks() -> list[str]:
    return [
        named(path)
        for path in tracked()
        if re.search(r"requirements/\w+\.txt$|package-lock\.json$", named(path))
    ]


@pytest.mark.parametrize("name", locks())
def test_locks_hold_no_address_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(
        r'--(extra-)?index-url|--find-links|file://|"resolved"|@ https?:|^-[ecr] ', text, re.M
    )


def test_python_locks_pin_exactly_and_bring_no_cuda() -> None:
    for name in ("build", "runtime", "dev", "models"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        named_packages = re.findall(r"^([A-Za-z0-9][\w.-]*)([^\s;]*)", text, re.M)
        loose = [package for package, pin in named_packages if not pin.startswith("==") or "+" in pin]
        assert named_packages and not loose
        assert not re.search(r"^(nvidia|cuda|triton)", text, re.M)


def test_the_runtime_lock_brings_no_training_library() -> None:
    text = (ROOT / "requirements" / "runtime.txt").read_text()
    assert not re.search(
        r"^(torch|transformers|sentence-transformers|scikit-learn|scipy|pandas)==", text, re.M
    )
