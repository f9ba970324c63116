"""What every storage must do, whatever it is built on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from beforehand.domain.article import Article, Passage
from beforehand.domain.errors import BeforehandError, Configuration, Refused, Unavailable
from beforehand.domain.outcome import Outcome
from beforehand.domain.person import AccountClaims, UserClaims
from beforehand.domain.source import Source, Workspace
from beforehand.ports.stores import Batch, SessionRow, Storage, TapeRow, VisitorRow, Work
from tests.storing import Place, batch, decision, furnish, signal

pytestmark = pytest.mark.anyio


async def settled(storage: Storage) -> None:
    """Everything queued before is through, as the queue has one order."""
    async with storage.work("w1"):
        pass


async def appended(storage: Storage, *batches: Batch, workspace: str = "w1") -> list[BaseException | None]:
    """What each append was told, in the order they were told."""
    told: list[BaseException | None] = []
    for one in batches:
        storage.append(workspace, one, told.append)
    await settled(storage)
    return told


async def mark(storage: Storage, workspace: str = "w1", tape: str = "t1") -> int:
    async with storage.read(workspace) as tx:
        row = await tx.tapes.get(tape)
    assert row is not None
    return row.mark


async def positions(storage: Storage, workspace: str = "w1", session: str = "e1") -> list[int]:
    async with storage.read(workspace) as tx:
        return [row.n for row in await tx.tapes.entries(session)]


# --- the block ---


async def test_results_are_there_after_the_commit_only(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        person = tx.persons.upsert("p1", UserClaims("ext-1", 1), 5)
        with pytest.raises(RuntimeError):
            _ = person.value
        async with storage.read("w1") as read:
            assert await read.persons.by_external("ext-1") is None
    assert person.value == "p1"
    async with storage.read("w1") as read:
        assert await read.persons.by_external("ext-1") == "p1"


async def test_a_refusal_undoes_its_whole_block(storage: Storage) -> None:
    async def block() -> None:
        async with storage.work("w1") as tx:
            tx.tapes.append(batch(1))
            tx.decisions.add(decision())
            tx.tapes.append(batch(5))

    with pytest.raises(Refused, match="gap"):
        await block()
    assert await mark(storage) == 0
    assert await positions(storage) == []
    async with storage.read("w1") as read:
        assert await read.decisions.of("e1") == []


async def test_a_refused_block_has_no_results(storage: Storage) -> None:
    laters = []

    async def block() -> None:
        async with storage.work("w1") as tx:
            laters.append(tx.persons.upsert("p1", UserClaims("ext-1", 1), 5))
            tx.tapes.append(batch(5))

    with pytest.raises(Refused):
        await block()
    with pytest.raises(RuntimeError):
        _ = laters[0].value


async def test_a_refusal_leaves_its_neighbours_in_the_commit_alone(storage: Storage) -> None:
    told: dict[str, BaseException | None] = {}

    def put(name: str, record: Callable[[Work], None]) -> None:
        storage.submit("w1", record, lambda error: told.update({name: error}))

    def refused(tx: Work) -> None:
        tx.decisions.add(decision("d2"))
        tx.tapes.skip("t1", 9, 9)

    put("before", lambda tx: tx.decisions.add(decision("d1")))
    put("refused", refused)
    put("after", lambda tx: tx.decisions.add(decision("d3")))
    await settled(storage)
    assert list(told) == ["before", "refused", "after"]
    assert told["before"] is None and told["after"] is None
    assert isinstance(told["refused"], Refused)
    async with storage.read("w1") as read:
        assert [d.id for d in await read.decisions.of("e1")] == ["d1", "d3"]


async def test_an_exception_in_the_block_writes_nothing(storage: Storage) -> None:
    async def block() -> None:
        async with storage.work("w1") as tx:
            tx.decisions.add(decision())
            raise KeyError

    with pytest.raises(KeyError):
        await block()
    async with storage.read("w1") as read:
        assert await read.decisions.of("e1") == []


async def test_stores_end_with_their_block(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        pass
    with pytest.raises(RuntimeError):
        tx.decisions.add(decision())
    async with storage.read("w1") as read:
        pass
    with pytest.raises(RuntimeError):
        await read.decisions.of("e1")


async def test_one_queue_for_append_submit_and_work(storage: Storage) -> None:
    """The snapshot of position 2 is put between two appends: each sees what was put before it."""
    order: list[str] = []
    storage.append("w1", batch(1), lambda error: order.append(f"append 1 {error}"))
    storage.submit("w1", lambda tx: tx.tapes.skip("t1", 2, 4), lambda error: order.append(f"skip {error}"))
    storage.append("w1", batch(5, n=1), lambda error: order.append(f"append 5 {error}"))
    async with storage.work("w1") as tx:
        tx.tapes.append(batch(6, n=2))
    assert order == ["append 1 None", "skip None", "append 5 None"]
    assert await mark(storage) == 6


async def test_done_is_never_called_within_the_call(storage: Storage) -> None:
    told: list[BaseException | None] = []
    storage.append("w1", batch(1), told.append)
    storage.append("w1", batch(9), told.append)
    assert told == []
    await settled(storage)
    assert len(told) == 2


async def test_a_failing_callback_keeps_nobody_else_from_hearing(storage: Storage) -> None:
    def fails(error: BaseException | None) -> None:
        raise ValueError

    told: list[BaseException | None] = []
    storage.append("w1", batch(1), fails)
    storage.append("w1", batch(2), told.append)
    await settled(storage)
    assert told == [None]


async def test_after_stop_nothing_is_taken(place: Place) -> None:
    async with place.open() as storage:
        await furnish(storage, "w1")
    told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
    storage.append("w1", batch(1), told.set_result)
    assert isinstance(await told, Unavailable)


# --- tapes ---


async def test_a_duplicate_changes_nothing(storage: Storage) -> None:
    assert await appended(storage, batch(1, 3), batch(4)) == [None, None]
    told = await appended(storage, batch(1, 3), batch(4))
    assert all(isinstance(error, Refused) for error in told)
    assert await mark(storage) == 4
    assert await positions(storage) == [0, 3]


async def test_a_gap_refuses_and_the_rest_goes_on(storage: Storage) -> None:
    told = await appended(storage, batch(1), batch(3, n=9), batch(2), batch(4, n=11))
    assert [error is None for error in told] == [True, False, True, False]
    assert [error.reason for error in told if isinstance(error, Refused)] == ["gap", "gap"]
    assert await mark(storage) == 2
    assert await positions(storage) == [0, 1]


@pytest.mark.parametrize("culprit", [0, 57, 299])
async def test_only_the_culprit_of_a_large_group_refuses(storage: Storage, culprit: int) -> None:
    async with storage.work("w1") as tx:
        for i in range(300):
            tx.tapes.open(TapeRow(f"t-{i}", "v1", "e1", 0))
    group = [batch(1, n=i, tape=f"t-{i}") for i in range(300)]
    group[culprit] = batch(2, n=culprit, tape=f"t-{culprit}")
    told = await appended(storage, *group)
    assert [i for i, error in enumerate(told) if error is not None] == [culprit]
    assert await positions(storage) == [i for i in range(300) if i != culprit]


async def test_extend_stands_or_falls_together(storage: Storage) -> None:
    told: list[BaseException | None] = []
    storage.extend("w1", [batch(1), batch(2)], told.append)
    storage.extend("w1", [batch(3), batch(5)], told.append)
    await settled(storage)
    assert told[0] is None and isinstance(told[1], Refused)
    assert await mark(storage) == 2


async def test_a_position_is_taken_once(storage: Storage) -> None:
    assert (await appended(storage, batch(1, n=0)))[0] is None
    assert isinstance((await appended(storage, batch(2, n=0)))[0], Refused)
    assert await mark(storage) == 1


async def test_dropped_numbers_move_the_mark(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        tx.tapes.append(batch(1))
        tx.tapes.skip("t1", 2, 10)
        tx.tapes.append(batch(11, n=1))
    assert await mark(storage) == 11
    with pytest.raises(Refused, match="gap"):
        async with storage.work("w1") as tx:
            tx.tapes.skip("t1", 2, 12)


async def test_entries_come_back_byte_for_byte_in_order(storage: Storage) -> None:
    long = b'{"note":"' + "\\u0000 ß 漢 ".encode() * 2_000 + b'"}'
    rows = [
        Batch("e1", 3, 1, "", 0, 0, 9, b'{"t":"opened"}'),
        Batch("e1", 0, 3, "t1", 1, 3, 7, long, origin=-5, schema=2),
        Batch("e1", 4, 2, "t1", 4, 5, 8, b"[]"),
    ]
    assert await appended(storage, rows[1], rows[2], rows[0]) == [None] * 3
    async with storage.read("w1") as tx:
        assert await tx.tapes.entries("e1") == [rows[1], rows[0], rows[2]]
        assert await tx.tapes.entries("e1", from_n=2) == [rows[1], rows[0], rows[2]]
        assert await tx.tapes.entries("e1", from_n=3) == [rows[0], rows[2]]
        assert await tx.tapes.entries("e1", from_n=5) == [rows[2]]
        assert await tx.tapes.entries("e1", from_n=6) == []
        assert await tx.tapes.entries("e1", from_n=3, limit=1) == [rows[0]]


async def test_a_tape_belongs_to_one_visitor(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        tx.visitors.create(VisitorRow("v2", "hash2", "control", 1))
        tx.tapes.open(TapeRow("t1", "v1", "e1", 0, 500))
    with pytest.raises(Refused, match="tape belongs to another visitor"):
        async with storage.work("w1") as tx:
            tx.tapes.open(TapeRow("t1", "v2", "e1", 0, 500))


async def test_a_tape_goes_on_in_another_session(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        tx.sessions.create(SessionRow("e2", "v1", "", "s1", 5, 5))
        tx.tapes.assign("t1", "e2")
    async with storage.read("w1") as read:
        row = await read.tapes.get("t1")
    assert row is not None and row.session == "e2"
    with pytest.raises(Refused):
        async with storage.work("w1") as tx:
            tx.tapes.assign("nobody", "e2")


# --- sessions, visitors, persons ---


async def test_the_newest_snapshot_is_kept(storage: Storage) -> None:
    for n, state in ((200, b"two hundred" * 500), (100, b"one hundred"), (0, b"")):
        async with storage.work("w1") as tx:
            tx.sessions.snapshot("e1", n, state)
    async with storage.read("w1") as read:
        row = await read.sessions.get("e1")
    assert row is not None and (row.snapshot_n, row.snapshot) == (200, b"two hundred" * 500)


async def test_sessions_are_found_by_visitor_and_time(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        tx.sessions.create(SessionRow("e2", "v1", "", "s1", 5, 50, b"state", 3))
        tx.sessions.touch("e1", 70)
        tx.sessions.touch("e1", 60)
    async with storage.read("w1") as read:
        latest = await read.sessions.latest("v1")
        assert latest is not None and (latest.id, latest.last_at) == ("e1", 70)
        assert [row.id for row in await read.sessions.recent(5)] == ["e1", "e2"]
        assert [row.id for row in await read.sessions.recent(1)] == ["e1"]
        assert await read.sessions.latest("nobody") is None
        second = await read.sessions.get("e2")
    assert second == SessionRow("e2", "v1", "", "s1", 5, 50, b"state", 3)


async def test_a_visitor_is_linked_to_the_newest_person(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        tx.persons.upsert("p1", UserClaims("one", 1), 5)
        tx.persons.upsert("p2", UserClaims("two", 1), 5)
        tx.visitors.link("v1", "p2", 20)
        tx.visitors.link("v1", "p1", 10)
        tx.visitors.link("v1", "p1", 10)
        tx.sessions.link("e1", "p2")
    async with storage.read("w1") as read:
        assert await read.visitors.by_secret("hash1") == VisitorRow("v1", "hash1", "treatment", 1, "p2")
        assert await read.visitors.get("v1") == VisitorRow("v1", "hash1", "treatment", 1, "p2")
        assert await read.visitors.by_secret("other") is None
        session = await read.sessions.get("e1")
    assert session is not None and session.person == "p2"


async def test_a_secret_belongs_to_one_visitor(storage: Storage) -> None:
    with pytest.raises(Refused, match="there already"):
        async with storage.work("w1") as tx:
            tx.visitors.create(VisitorRow("v2", "hash1", "treatment", 1))


async def test_the_newest_answer_on_consent_counts(storage: Storage) -> None:
    async with storage.read("w1") as read:
        assert await read.visitors.consent("v1") == ""
    async with storage.work("w1") as tx:
        tx.visitors.consent("v1", "denied", 20)
        tx.visitors.consent("v1", "granted", 10)
    async with storage.read("w1") as read:
        assert await read.visitors.consent("v1") == "denied"


async def test_a_person_is_one_by_external_id(storage: Storage) -> None:
    claims = UserClaims("ext", 1, name="Ada", account=AccountClaims("acme", "Acme"), traits={"seats": 3})
    async with storage.work("w1") as tx:
        first = tx.persons.upsert("p1", claims, 5)
        again = tx.persons.upsert("p2", UserClaims("ext", 9), 6)
        other = tx.persons.upsert("p3", UserClaims("ext-2", 9, account=AccountClaims("acme")), 6)
    assert (first.value, again.value, other.value) == ("p1", "p1", "p3")


async def test_two_nodes_meet_on_one_person(place: Place, storage: Storage) -> None:
    async with place.open() as node:

        async def upsert(on: Storage, i: int) -> str:
            async with on.work("w1") as tx:
                later = tx.persons.upsert(f"p{i}", UserClaims("same", 1), i)
            return later.value

        found = await asyncio.gather(*(upsert(node if i % 2 else storage, i) for i in range(20)))
    assert len(set(found)) == 1


async def test_facts_of_a_unit(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        tx.decisions.reserve_cap("p:1", "day", "2026-11-24", 3, 100)
        tx.decisions.reserve_cap("p:1", "hour", "2026-11-24T09", 1, 100)
        tx.decisions.reserve_cap("p:1", "day", "2026-11-24", 3, 200)
        tx.decisions.reserve_cap("p:1", "day", "2026-11-23", 3, 20)
        tx.decisions.reserve_cap("p:2", "day", "2026-11-24", 3, 150)
        tx.decisions.dismiss("p:1", "k1", 90, "not now")
        tx.decisions.dismiss("p:1", "k1", 80, "late news")
        tx.decisions.dismiss("p:1", "k2", 10, "")
    async with storage.read("w1") as read:
        facts = await read.persons.facts("p:1", 50)
        nobody = await read.persons.facts("p:9", 0)
    assert (facts.shown, facts.dismissed) == ((100, 200), {"k1": 90})
    assert (nobody.shown, nobody.dismissed) == ((), {})


# --- signals, decisions, outcomes ---


async def test_signals_assessments_decisions_outcomes_are_idempotent(storage: Storage) -> None:
    signals = [signal(), signal(struggle="k2"), signal("dead_click")]
    outcome = Outcome("d1", "clicked", 30, "nudge", "why not")
    for _ in range(2):
        async with storage.work("w1") as tx:
            tx.signals.add("e1", 4, signals)
            tx.assessments.add("e1", 4, 9, b'{"score":0.5}')
            tx.decisions.add(decision())
            tx.decisions.expose("d1", "shown", 20, "")
            tx.outcomes.add(outcome)
    async with storage.work("w1") as tx:
        tx.decisions.expose("d1", "shown", 99, "again")
        tx.outcomes.add(Outcome("d1", "clicked", 99, "again"))
        tx.outcomes.add(Outcome("k1", "succeeded", 99, "submit", subject_kind="struggle"))
    async with storage.read("w1") as read:
        assert await read.signals.of("e1") == [(4, one) for one in signals]
        assert await read.assessments.of("e1") == [(4, 9, b'{"score":0.5}')]
        assert await read.decisions.of("e1") == [decision()]
        assert await read.decisions.exposures("e1") == [("d1", "shown", 20, "")]
        assert await read.outcomes.of("e1") == [outcome]


async def test_decisions_come_in_the_order_of_the_mailbox(storage: Storage) -> None:
    async with storage.work("w1") as tx:
        for n in (5, 1, 3):
            tx.decisions.add(decision(f"d{n}", n=n))
    async with storage.read("w1") as read:
        assert [d.n for d in await read.decisions.of("e1")] == [1, 3, 5]


async def test_a_cap_has_exactly_as_many_winners_as_slots(place: Place, storage: Storage) -> None:
    """Forty tabs on two nodes; the losers' whole blocks are undone."""
    limit = 3

    async def reserve(on: Storage, i: int) -> bool:
        try:
            async with on.work("w1") as tx:
                tx.decisions.add(decision(f"d{i}"))
                tx.decisions.reserve_cap("v:v1", "day", "2026-11-24", limit, i)
        except Refused as refusal:
            return refusal.reason != "cap day"
        return True

    async with place.open() as node:
        won = await asyncio.gather(*(reserve(node if i % 2 else storage, i) for i in range(40)))
    assert sum(won) == limit
    async with storage.read("w1") as read:
        kept = {d.id for d in await read.decisions.of("e1")}
    assert kept == {f"d{i}" for i, winner in enumerate(won) if winner}


# --- articles ---


def article(slug: str, revision: str = "r1") -> Article:
    return Article(slug, f"About {slug}", "en", "Text.", revision)


def passage(slug: str, text: str = "Text.") -> Passage:
    return Passage(f"{slug}/{text}", slug, "en", f"About {slug}", ("Top",), text)


async def publish(storage: Storage, articles: list[Article], passages: list[Passage]) -> int:
    async with storage.work("w1") as tx:
        changed = tx.articles.replace(articles, passages, "docs", 7)
    return changed.value


async def test_publishing_replaces_the_set(storage: Storage) -> None:
    async with storage.read("w1") as read:
        assert await read.articles.version() == ""
    assert await publish(storage, [article("b"), article("a")], [passage("b"), passage("a")]) == 2
    async with storage.read("w1") as read:
        first = await read.articles.version()
        assert [a.slug for a in await read.articles.published()] == ["a", "b"]
        assert await read.articles.passages() == [passage("b"), passage("a")]
    assert await publish(storage, [article("a"), article("b")], [passage("b"), passage("a")]) == 0
    async with storage.read("w1") as read:
        assert await read.articles.version() == first
    assert await publish(storage, [article("a", "r2")], [passage("a", "New.")]) == 2
    async with storage.read("w1") as read:
        assert await read.articles.version() != first
        assert await read.articles.published() == [article("a", "r2")]
        assert await read.articles.passages() == [passage("a", "New.")]
        assert await read.articles.get("b", "en") is None
        assert await read.articles.get("a", "en") == article("a", "r2")
    assert await publish(storage, [article("a"), article("b")], [passage("a"), passage("b")]) == 2
    async with storage.read("w1") as read:
        assert await read.articles.passages() == [passage("a"), passage("b")]


async def test_a_passage_needs_its_article(storage: Storage) -> None:
    with pytest.raises(Refused, match="article b"):
        await publish(storage, [article("a")], [passage("a"), passage("b")])
    async with storage.read("w1") as read:
        assert await read.articles.published() == []


# --- sources and the system's door ---


async def test_a_source_is_found_by_its_key(storage: Storage) -> None:
    found = await storage.system.source_by_key("pk_w1")
    assert found is not None
    workspace, source = found
    assert (workspace.id, source.id, source.secrets, source.honour_privacy_signals) == (
        "w1",
        "s1",
        ("shh",),
        True,
    )
    assert await storage.system.source_by_key("pk_none") is None
    async with storage.work("w1") as tx:
        tx.sources.set_origins("s1", ["https://a.example", "https://b.example"])
    async with storage.read("w1") as read:
        (changed,) = await read.sources.all()
    assert changed.origins == ("https://a.example", "https://b.example")


async def test_workspaces_are_listed_and_unique(storage: Storage) -> None:
    assert [w.name for w in await storage.system.workspaces()] == ["Workspace "]
    with pytest.raises(Refused):
        await storage.system.create_workspace(Workspace("w1", "Again"))


async def test_a_public_key_is_unique_over_all_workspaces(storage: Storage) -> None:
    await furnish(storage, "w2")
    with pytest.raises(Refused):
        async with storage.work("w2") as tx:
            tx.sources.add(Source("s9", "w2", "copy", "pk_w1", ()))


async def test_another_secret_key_is_a_configuration_error(place: Place, storage: Storage) -> None:
    other = place.storage(secret_key=b"another key, also 32 bytes long!")
    with pytest.raises(Configuration, match=r"secret\.key"):
        await other.start()


# --- tenants ---


async def test_mirror_tenants_never_meet(storage: Storage) -> None:
    """Two workspaces with the same ids everywhere; what one writes the other never sees."""
    await furnish(storage, "w2", "two")
    for workspace in ("w1", "w2"):
        async with storage.work(workspace) as tx:
            tx.persons.upsert(f"p-{workspace}", UserClaims("ext", 1), 5)
            tx.visitors.link("v1", f"p-{workspace}", 5)
            tx.tapes.append(Batch("e1", 0, 1, "t1", 1, 1, 5, workspace.encode()))
            tx.sessions.snapshot("e1", 1, workspace.encode())
            tx.signals.add("e1", 0, [signal(struggle=workspace)])
            tx.assessments.add("e1", 0, 5, f'"{workspace}"'.encode())
            tx.decisions.add(decision(n=1 if workspace == "w1" else 2))
            tx.decisions.expose("d1", "shown", 5, workspace)
            tx.decisions.reserve_cap("v:v1", "day", "d", 1, 5)
            tx.decisions.dismiss("v:v1", workspace, 5, "")
            tx.outcomes.add(Outcome("d1", "clicked", 5, workspace))
            tx.articles.replace([article("a", workspace)], [passage("a", workspace)], "docs", 5)
    for workspace in ("w1", "w2"):
        assert await everything(storage, workspace) == {
            "person": f"p-{workspace}", "alias": f"p-{workspace}", "body": [workspace.encode()],
            "snapshot": workspace.encode(), "struggle": [workspace], "assessed": [f'"{workspace}"'.encode()],
            "n": [1 if workspace == "w1" else 2], "exposed": [("d1", "shown", 5, workspace)],
            "dismissed": {workspace: 5}, "shown": (5,), "outcome": [workspace], "article": [workspace],
            "passage": [workspace], "sources": [workspace], "sessions": ["e1"], "latest": "e1",
        }  # fmt: skip


async def everything(storage: Storage, workspace: str) -> dict[str, object]:
    async with storage.read(workspace) as tx:
        visitor = await tx.visitors.by_secret("hash1")
        session = await tx.sessions.get("e1")
        facts = await tx.persons.facts("v:v1", 0)
        latest = await tx.sessions.latest("v1")
        assert visitor is not None and session is not None and latest is not None
        return {
            "person": await tx.persons.by_external("ext"),
            "alias": visitor.person,
            "body": [row.body for row in await tx.tapes.entries("e1")],
            "snapshot": session.snapshot,
            "struggle": [one.struggle for _, one in await tx.signals.of("e1")],
            "assessed": [body for _, _, body in await tx.assessments.of("e1")],
            "n": [d.n for d in await tx.decisions.of("e1")],
            "exposed": await tx.decisions.exposures("e1"),
            "dismissed": facts.dismissed,
            "shown": facts.shown,
            "outcome": [o.source for o in await tx.outcomes.of("e1")],
            "article": [a.revision for a in await tx.articles.published()],
            "passage": [p.text for p in await tx.articles.passages()],
            "sources": [s.workspace for s in await tx.sources.all()],
            "sessions": [row.id for row in await tx.sessions.recent(9)],
            "latest": latest.id,
        }


LINKS: dict[str, Callable[[Work], object]] = {
    "session to visitor": lambda tx: tx.sessions.create(SessionRow("x", "theirs", "", "s1", 1, 1)),
    "session to source": lambda tx: tx.sessions.create(SessionRow("x", "v1", "", "theirs", 1, 1)),
    "session to person": lambda tx: tx.sessions.create(SessionRow("x", "v1", "theirs", "s1", 1, 1)),
    "session linked to person": lambda tx: tx.sessions.link("e1", "theirs"),
    "snapshot to session": lambda tx: tx.sessions.snapshot("theirs", 1, b"x"),
    "tape to visitor": lambda tx: tx.tapes.open(TapeRow("x", "theirs", "e1", 0)),
    "tape to session": lambda tx: tx.tapes.open(TapeRow("x", "v1", "theirs", 0)),
    "tape assigned to session": lambda tx: tx.tapes.assign("t1", "theirs"),
    "tape of another": lambda tx: tx.tapes.assign("theirs", "e1"),
    "skip on a tape": lambda tx: tx.tapes.skip("theirs", 1, 1),
    "row to session": lambda tx: tx.tapes.append(batch(1, session="theirs")),
    "row to tape": lambda tx: tx.tapes.append(batch(1, tape="theirs")),
    "fact to session": lambda tx: tx.tapes.append(Batch("theirs", 0, 1, "", 0, 0, 1, b"{}")),
    "alias to person": lambda tx: tx.visitors.link("v1", "theirs", 1),
    "alias to visitor": lambda tx: tx.visitors.link("theirs", "mine", 1),
    "consent to visitor": lambda tx: tx.visitors.consent("theirs", "granted", 1),
    "signal to session": lambda tx: tx.signals.add("theirs", 1, [signal()]),
    "assessment to session": lambda tx: tx.assessments.add("theirs", 1, 1, b"{}"),
    "decision to session": lambda tx: tx.decisions.add(decision("x", session="theirs")),
    "exposure to decision": lambda tx: tx.decisions.expose("theirs", "shown", 1, ""),
    "outcome to decision": lambda tx: tx.outcomes.add(Outcome("theirs", "clicked", 1, "x")),
    "origins of a source": lambda tx: tx.sources.set_origins("theirs", ["https://evil.example"]),
    "source of another": lambda tx: tx.sources.add(Source("x", "w2", "x", "pk_x", ())),
}


@pytest.mark.parametrize("attempt", LINKS.values(), ids=LINKS.keys())
async def test_links_across_tenants_are_refused(storage: Storage, attempt: Callable[[Work], object]) -> None:
    """Whatever w2 holds under the id 'theirs', w1 can't reach; the same call within w2 works."""
    await storage.system.create_workspace(Workspace("w2", "Theirs"))
    async with storage.work("w2") as tx:
        tx.sources.add(Source("theirs", "w2", "site", "pk_w2", ()))
        tx.visitors.create(VisitorRow("theirs", "h", "treatment", 1))
        tx.persons.upsert("theirs", UserClaims("ext", 1), 1)
        tx.sessions.create(SessionRow("theirs", "theirs", "", "theirs", 1, 1))
        tx.tapes.open(TapeRow("theirs", "theirs", "theirs", 0))
        tx.decisions.add(decision("theirs", session="theirs"))
    async with storage.work("w1") as tx:
        tx.persons.upsert("mine", UserClaims("ext", 1), 1)
    with pytest.raises(Refused):
        async with storage.work("w1") as tx:
            attempt(tx)


async def test_an_unknown_workspace_can_hold_nothing(storage: Storage) -> None:
    attempts: tuple[Callable[[Work], object], ...] = (
        lambda tx: tx.visitors.create(VisitorRow("v", "h", "treatment", 1)),
        lambda tx: tx.decisions.reserve_cap("v:v", "day", "d", 1, 1),
        lambda tx: tx.decisions.dismiss("v:v", "k", 1, ""),
        lambda tx: tx.persons.upsert("p", UserClaims("ext", 1), 1),
        lambda tx: tx.articles.replace([article("a")], [], "docs", 1),
    )
    for attempt in attempts:
        with pytest.raises(Refused):
            async with storage.work("w-none") as tx:
                attempt(tx)


async def test_without_a_workspace_there_is_no_block(storage: Storage) -> None:
    def never(error: BaseException | None) -> None:
        raise AssertionError

    for attempt in (
        lambda: storage.work(""),
        lambda: storage.read(""),
        lambda: storage.submit("", lambda tx: None, never),
        lambda: storage.append("", batch(1), never),
        lambda: storage.extend("", [batch(1)], never),
    ):
        with pytest.raises(ValueError, match="workspace"):
            attempt()


# --- values and health ---


def dismissal(struggle: str) -> Callable[[Work], None]:
    return lambda tx: tx.decisions.dismiss("v:v1", struggle, 6, "")


async def test_odd_text_comes_back_or_is_refused_in_one_sentence(storage: Storage) -> None:
    """NUL is kept out at the door; here it must break nothing, whatever the database says of it."""
    async with storage.work("w1") as tx:
        tx.decisions.dismiss("v:v1", "Zażółć 漢字 🙂 '; DROP TABLE tape; --", 5, "")
    for bad in ("a\x00b", "\ud800"):
        told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        storage.submit("w1", dismissal(bad), told.set_result)
        error = await told
        assert error is None or (isinstance(error, BeforehandError) and error.sentence.endswith("."))
    async with storage.read("w1") as read:
        facts = await read.persons.facts("v:v1", 0)
    assert facts.dismissed["Zażółć 漢字 🙂 '; DROP TABLE tape; --"] == 5


async def test_health_names_the_parts(place: Place, storage: Storage) -> None:
    health = storage.health()
    assert health["dialect"] == place.dialect
    assert health["ok"] is True
    assert health["last_error"] == ""
    assert isinstance(health["queue"], int) and isinstance(health["last_commit_ms"], float)
