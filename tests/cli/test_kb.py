"""`beforehand kb check|push`: one's own articles; a broken one is named and stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_init import init, run

GOOD = "---\ntitle: VAT numbers\n---\n## Germany\n\n1. Type DE.\n2. Add nine digits.\n"
BROKEN = "---\ntitle: Dates\nupdated: soon\n---\nText.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "help"
    place.mkdir()
    (place / "vat-numbers.md").write_text(GOOD)
    return place


def test_check_names_file_line_and_field_and_changes_nothing(folder: Path) -> None:
    assert run("kb", "check", str(folder)).stdout == "1 articles in 1 passages; 0 problems.\n"
    (folder / "dates.md").write_text(BROKEN)
    done = run("kb", "check", str(folder), check=False)
    assert done.returncode == 1
    assert done.stderr == "dates.md:3: updated: expected a date such as 2026-11-20.\n"


def test_push_publishes_what_is_whole_and_only_what_changed(folder: Path, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    init(Path(data))
    (folder / "dates.md").write_text(BROKEN)
    done = run("kb", "push", str(folder), "--data", data, check=False)
    assert done.returncode == 1
    assert "dates.md:3: updated" in done.stderr
    assert done.stdout.endswith("Published 1 articles (1 changed).\n")
    (folder / "dates.md").unlink()
    assert run("kb", "push", str(folder), "--data", data).stdout.endswith(
        "Published 1 articles (0 changed).\n"
    )


def test_nothing_to_publish_leaves_what_was_published(folder: Path, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    init(Path(data))
    (folder / "vat-numbers.md").write_text(BROKEN)
    done = run("kb", "push", str(folder), "--data", data, check=False)
    assert done.returncode == 1
    assert "Nothing was published" in done.stderr


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    done = run("kb", "check", str(tmp_path / "nowhere"), check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("beforehand: FOLDER: expected a folder with Markdown files")
    assert "Traceback" not in done.stderr
