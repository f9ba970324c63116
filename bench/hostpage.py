"""`hostpage`: what the widget costs the page it sits in, on a scripted 60-second visit with the CPU throttled 4x.

The share comes from Chromium's sampling profiler: self time of functions that lie in our files, over the wall time of
the visit. The longest task is the longest callback or script evaluation of ours in the trace. Load times are medians of
alternating loads with the widget, without it, and with its server stopped.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from bench import _result
from bench._stage import Stage, chromium, sign_in, stage

VISIT_S = 60.0
THROTTLE = 4
LOADS = 12
SAMPLE_US = 200
LONG_TASK_MS = 50.0
OURS = "/v1/widget"
OWN_EVENTS = ("FunctionCall", "EvaluateScript", "v8.evaluateModule")
CATEGORIES = "devtools.timeline,v8.execute,toplevel"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder) / "data") as running,
        chromium() as browser,
    ):
        visit_row = visit(browser, running)
        loads = load_times(browser, running)
        running_errors = visit_row.pop("errors")
        running.process  # noqa: B018  (kept alive until here)
        stopped = with_server_stopped(browser, running, loads)
    figures: dict[str, float | None] = {
        "longest_task_ms": visit_row["longest_ms"],
        "main_thread_share": visit_row["share"],
        "load_ratio": round(loads["with"] / loads["without"], 3),
        "load_ratio_stopped": stopped["ratio"],
        "errors": running_errors,
        "errors_stopped": stopped["errors"],
    }
    _result.write("hostpage", figures, [visit_row, {"loads_ms": loads}, stopped], [__doc__ or ""])


# --- the visit ---


def visit(browser: Browser, running: Stage) -> dict[str, Any]:
    page, errors = open_page(browser)
    sign_in(page, running.product)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    cdp.send("Profiler.enable")
    cdp.send("Profiler.setSamplingInterval", {"interval": SAMPLE_US})
    trace = Trace(cdp)
    trace.start()
    cdp.send("Profiler.start")
    began = time.perf_counter()
    page.goto(f"{running.product}/")
    steps = use(page, running.product, began)
    spent = time.perf_counter() - began
    profile = cdp.send("Profiler.stop")["profile"]
    events = trace.stop()
    page.context.close()
    own = own_ms(profile)
    tasks = sorted(own_tasks(events), reverse=True)
    return {
        "seconds": round(spent, 1), "steps": steps, "own_ms": round(own, 1), "share": round(own / spent / 1000, 5),
        "longest_ms": round(tasks[0], 1) if tasks else 0.0, "tasks_over_50_ms": sum(t > LONG_TASK_MS for t in tasks),
        "tasks": len(tasks), "errors": len(errors),
    }  # fmt: skip


def use(page: Page, product: str, began: float) -> int:
    """Ordinary work with a failing form in it, until the time is up."""
    steps = 0
    while time.perf_counter() - began < VISIT_S:
        for name in ("Invoices", "Customers", "Projects", "Reports"):
            page.get_by_role("link", name=name).first.click()
            page.wait_for_timeout(700)
            page.mouse.wheel(0, 500)
            page.wait_for_timeout(500)
        page.goto(f"{product}/invoices/new")
        field = page.locator("#vat_number")
        field.click()
        field.press_sequentially("279645118", delay=60)
        for _ in range(2):
            page.get_by_role("button", name="Send invoice").click()
            page.wait_for_timeout(1_200)
        steps += 1
    return steps


def open_page(browser: Browser) -> tuple[Page, list[str]]:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page, errors


class Trace:
    """Chromium's own trace of one page."""

    def __init__(self, cdp: CDPSession) -> None:
        self._cdp = cdp
        self._events: list[dict[str, Any]] = []
        self._done = False
        cdp.on("Tracing.dataCollected", lambda part: self._events.extend(part["value"]))
        cdp.on("Tracing.tracingComplete", lambda _: self._finish())

    def _finish(self) -> None:
        self._done = True

    def start(self) -> None:
        self._cdp.send("Tracing.start", {"categories": CATEGORIES, "transferMode": "ReportEvents"})

    def stop(self) -> list[dict[str, Any]]:
        self._cdp.send("Tracing.end")
        while not self._done:
            self._cdp.send("Runtime.evaluate", {"expression": "1"})
        return self._events


def own_ms(profile: dict[str, Any]) -> float:
    """Self time of nodes in our files, and of what they call that has no file (natives)."""
    nodes = {node["id"]: node for node in profile["nodes"]}
    ours: set[int] = set()

    def mark(node: dict[str, Any], inside: bool) -> None:
        url = node["callFrame"]["url"]
        inside = OURS in url or (inside and not url)
        if inside:
            ours.add(node["id"])
        for child in node.get("children", ()):
            mark(nodes[child], inside)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    mark(profile["nodes"][0], False)
    sys.setrecursionlimit(limit)
    samples, deltas = profile["samples"], profile["timeDeltas"]
    return float(sum(delta for node, delta in zip(samples, deltas, strict=True) if node in ours)) / 1000


def own_tasks(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of each callback and evaluation that begins in our files."""
    found = []
    for event in events:
        ours = event.get("name") in OWN_EVENTS and OURS in json.dumps(event.get("args", {}))
        if ours and event.get("dur"):
            found.append(event["dur"] / 1000)
    return found


# --- load times ---


def load_times(browser: Browser, running: Stage) -> dict[str, float]:
    """Median ms to the load event of the log-in page's successor, with and without the widget."""
    runs: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(LOADS):
        runs["with"].append(load_once(browser, running, blocked=False)[0])
        runs["without"].append(load_once(browser, running, blocked=True)[0])
    return {kind: round(statistics.median(values), 1) for kind, values in runs.items()}


def load_once(browser: Browser, running: Stage, blocked: bool) -> tuple[float, int]:
    page, errors = open_page(browser)
    if blocked:
        page.route(
            "**/v1/widget*", lambda route: route.fulfill(status=200, content_type="text/javascript", body="")
        )
    sign_in(page, running.product)
    page.goto(f"{running.product}/invoices")
    took = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    page.context.close()
    return float(took), len(errors)


def with_server_stopped(browser: Browser, running: Stage, loads: dict[str, float]) -> dict[str, Any]:
    """The product alone goes on; its tag points at an address where nobody listens."""
    page, errors = open_page(browser)
    page.close()
    runs: list[float] = []
    failed = 0
    for _ in range(LOADS):
        page, errors = open_page(browser)
        page.route("**/v1/**", lambda route: route.abort("connectionrefused"))
        sign_in(page, running.product)
        page.goto(f"{running.product}/invoices")
        runs.append(float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")))
        failed += len(errors)
        page.context.close()
    stopped = round(statistics.median(runs), 1)
    return {"stopped_ms": stopped, "ratio": round(stopped / loads["without"], 3), "errors": failed}


if __name__ == "__main__":
    main()
