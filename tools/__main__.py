"""./dev VERB: what each verb does, and how its troubles are told."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tools import ROOT, building, environment, locks, machine, node, parts
from tools.say import Failed, Mended, Voice, seconds


def demo(args: list[str]) -> int:
    """start Beforehand and the demo product; Ctrl-C stops both"""
    environment.prepare(Voice())
    environment.become([str(environment.PROGRAM), "demo", *args])
    return 0


def run(args: list[str]) -> int:
    """run ARGS: the command `beforehand ARGS` in this project's environment"""
    environment.prepare(Voice())
    environment.become([str(environment.PROGRAM), *args])
    return 0


def test(args: list[str]) -> int:
    """everything a change must pass: lint, types, contracts, units, stories in Chromium"""
    voice = Voice(sys.stdout)
    _prepare_tests(voice)
    setup_s = voice.elapsed()
    print(f"set-up: {seconds(setup_s)}", flush=True)
    wanted = [*parts.lint(), *parts.widget(), *parts.python(*args), *parts.stories()]
    return parts.summary(parts.run(wanted), setup_s)


def check(args: list[str]) -> int:
    """the quick part of test: lint, types, contracts and units, without Chromium or PostgreSQL"""
    voice = Voice(sys.stdout)
    environment.prepare(voice, environment.TESTS)
    node.prepare(voice)
    setup_s = voice.elapsed()
    os.environ["BEFOREHAND_QUICK"] = "1"
    wanted = [*parts.lint(), *parts.widget(), *parts.python("-m", "not slow", *args)]
    return parts.summary(parts.run(wanted), setup_s)


def build(args: list[str]) -> int:
    """make the widget and the generated files"""
    voice = Voice(sys.stdout)
    environment.prepare(voice)
    node.prepare(voice)
    building.build(voice)
    return 0


def shots(args: list[str]) -> int:
    """take every screenshot anew, into shots/"""
    _prepare_tests(Voice())
    return building.script("shots", ["e2e/shots.py"], args)


def bench(args: list[str]) -> int:
    """[NAME]: measure, print a table and write bench/results/NAME.json; without a name, all of them"""
    if args and args[0] not in building.benches():
        print(f"there is no bench {args[0]!r}; there are: {', '.join(building.benches())}", file=sys.stderr)
        return 2
    _prepare_tests(Voice())
    names = args[:1] or building.benches()
    codes = [building.module(f"bench.{name}", args[1:]) for name in names]
    return max(codes, default=0)


def prove(args: list[str]) -> int:
    """the long attacks (hours); a stopped run goes on where it was"""
    _prepare_tests(Voice())
    return building.script("prove", ["prove/__main__.py", "bench/prove.py"], args)


def lock(args: list[str]) -> int:
    """[--upgrade]: renew requirements/*.txt from pyproject.toml"""
    voice = Voice()
    environment.prepare(voice, environment.TESTS[:-1])
    locks.renew(voice, upgrade="--upgrade" in args)
    return 0


def _prepare_tests(voice: Voice) -> None:
    machine.apt_install(voice, machine.missing_packages())
    environment.prepare(voice, environment.TESTS)
    node.prepare(voice)


VERBS: dict[str, Callable[[list[str]], int]] = {
    verb.__name__: verb for verb in (demo, test, check, build, shots, bench, prove, run, lock)
}


def usage() -> str:
    lines = [f"  ./dev {name:<7} {verb.__doc__}" for name, verb in VERBS.items()]
    return "\n".join(["Beforehand. The verbs:", *lines])


def main(argv: list[str]) -> int:
    os.environ.pop("PYTHONPATH", None)
    if not argv or argv[0] in {"help", "-h", "--help"}:
        print(usage())
        return 0
    verb = VERBS.get(argv[0])
    if verb is None:
        print(f"there is no verb {argv[0]!r}.\n{usage()}", file=sys.stderr)
        return 2
    try:
        return verb(argv[1:])
    except Mended as trouble:
        print(f"\n{trouble.what}\n\n  {trouble.command}\n", file=sys.stderr)
        _closing(argv[0])
        return 1
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        _closing(argv[0])
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _closing(verb: str) -> None:
    """A test run that could not be set up is a failed one, and ends with the line that says so."""
    if verb in {"test", "check"}:
        print("0 passed, 1 failed", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] != ["run"]:  # its ARGS may name files where the caller stands
        os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
