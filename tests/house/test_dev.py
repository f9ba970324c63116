"""./dev: what it says, what it counts, and what it does on a machine that lacks something."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tools import environment, machine, parts
from tools.__main__ import VERBS, main
from tools.parts import Count, Part, Result
from tools.say import Failed, Mended, Voice


def dev(*words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = os.environ | ({"PATH": path} if path is not None else {})
    return subprocess.run([ROOT / "dev", *words], env=env, capture_output=True, text=True, check=False)


def test_alone_it_lists_the_verbs_with_a_line_each() -> None:
    said = dev().stdout
    assert all(f"./dev {verb}" in said for verb in VERBS)
    assert len(said.strip().splitlines()) == len(VERBS) + 1


def test_an_unknown_verb_is_named() -> None:
    done = dev("tset")
    assert done.returncode == 2
    assert "'tset'" in done.stderr


def test_a_machine_without_python_gets_one_command(tmp_path: Path) -> None:
    for name in ("dirname", "id", "pwd"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    (tmp_path / "sh").symlink_to("/bin/sh")
    script = (ROOT / "dev").read_text().replace("/usr/bin/python3.11", "/nowhere/python3.11")
    copy = tmp_path / "dev"
    copy.write_text(script)
    done = subprocess.run(
        ["/bin/sh", copy, "demo"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].strip().endswith("apt-get install -y python3.11 python3.11-venv")


def test_a_python_without_venv_gets_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Mended) as trouble:
        machine.need_venv_module()
    assert "-venv" in trouble.value.command


def test_a_full_disk_is_told_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 0))
    with pytest.raises(Mended, match="of disk"):
        machine.need_disk(machine.RUNTIME_MB)


def test_a_trouble_ends_a_test_run_as_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def trouble(voice: Voice, names: list[str]) -> None:
        raise Mended("Something is missing.", "mend it")

    monkeypatch.setattr(machine, "apt_install", trouble)
    assert main(["test"]) == 1
    said = capsys.readouterr()
    assert "mend it" in said.err
    assert said.out.splitlines()[-1] == "0 passed, 1 failed"


def test_without_root_the_packages_are_named_and_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Mended) as trouble:
        machine.apt_install(Voice(io.StringIO()), ["chromium"])
    assert trouble.value.command.startswith("sudo apt-get update && sudo apt-get install -y")
    assert trouble.value.command.endswith("chromium")


def test_a_changed_lock_is_stale_and_an_unchanged_one_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(environment, "LOCKS", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", Path(sys.executable))
    (tmp_path / "runtime.txt").write_text("a==1\n")
    environment._mark(
        root=str(ROOT), runtime=environment._hash("runtime"), project=environment._hash("project")
    )
    assert environment._stale(("runtime",)) == []
    (tmp_path / "runtime.txt").write_text("a==2\n")
    assert environment._stale(("runtime",)) == ["runtime"]
    environment._mark(root="/elsewhere")
    assert environment._stale(("runtime",)) == ["runtime", "project"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("OSError: [Errno 28] No space left on device", Mended),
        ("Temporary failure in name resolution", Mended),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", Failed),
    ],
)
def test_what_pip_says_is_explained(said: str, kind: type[Exception]) -> None:
    assert isinstance(environment._explained(said), kind)


NODE = "ℹ tests 3\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\n"


def test_counts_of_nodes_own_runner() -> None:
    assert parts.node_tests(1, NODE) == Count(2, 1, 1)
    assert parts.node_tests(1, "# pass 4\n# fail 0\n") == Count(4, 1), "it fell over after its tests"
    assert parts.node_tests(0, "") == Count(0, 1), "no test ran"


def test_counts_of_pytest(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    count = parts.pytest_report(report)
    assert count(0, "") == Count(failed=1), "it wrote no report"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>')
    assert count(1, "") == Count(5, 2, 2)
    report.write_text('<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>')
    assert count(5, "") == Count(failed=1), "nothing was collected"


def test_every_part_runs_and_the_last_line_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    def part(name: str, code: int) -> Part:
        return Part(
            name, (sys.executable, "-c", f"print('{name} speaks'); raise SystemExit({code})"), parts.one
        )

    results = parts.run([part("first", 1), part("second", 0), Part("third", ("/nowhere/at/all",), parts.one)])
    assert [result.count for result in results] == [Count(0, 1), Count(1, 0), Count(0, 1)]
    assert parts.summary(results, 1.5) == 1
    said = capsys.readouterr().out
    assert "first speaks" in said
    assert "second speaks" in said
    assert said.splitlines()[-1] == "1 passed, 2 failed"


def test_a_part_that_hangs_is_ended_with_all_it_started(capsys: pytest.CaptureFixture[str]) -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'])"
    results = parts.run([Part("stuck", (sys.executable, "-c", child), parts.one, limit_s=0.5)])
    assert results[0].count == Count(0, 1)
    assert "it hangs" in capsys.readouterr().out


def test_a_run_of_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert parts.summary([Result("empty", Count(), 0.0)], 0.0) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"


def test_ci_calls_the_readmes_test_command_and_nothing_else() -> None:
    lines = [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")
    ]
    assert len(lines) == 1
    assert lines[0].endswith("exec ./dev test")
