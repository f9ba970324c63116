"""The product's own SQLite file: schema, and four ways to ask it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

SCHEMA = """
create table if not exists settings(key text primary key, value text not null);
create table if not exists people(id integer primary key, name text, email text unique, role text, state text,
  password text, locale text, zone text, totp_key text, totp_on integer default 0, totp_last integer default 0,
  notices text default '{}');
create table if not exists sessions(token text primary key, person_id integer, created text, device text,
  pending integer default 0);
create table if not exists attempts(email text, at real);
create table if not exists recovery(person_id integer, code text);
create table if not exists customers(id integer primary key, name text, email text, street text, postcode text,
  city text, country text, vat_number text, routing_id text, term integer, credit_limit integer, iban text,
  mandate text, since text, archived integer default 0);
create table if not exists invoices(id integer primary key, number text unique, customer_id integer, country text,
  vat_number text, issued text, term integer, po text, status text, sent_at text, reminded_on text);
create table if not exists credit_notes(id integer primary key, invoice_id integer unique, number text,
  day text, amount integer);
create table if not exists quotes(id integer primary key, number text unique, customer_id integer, title text,
  valid_until text, status text, created text);
create table if not exists lines(id integer primary key, kind text, owner_id integer, item text, qty text,
  unit text, price integer, vat integer);
create table if not exists payments(id integer primary key, invoice_id integer, amount integer, paid_on text);
create table if not exists projects(id integer primary key, code text, name text, customer_id integer, status text,
  billing text, price integer, budget integer, rate integer, starts text, ends text, lead_id integer);
create table if not exists project_people(project_id integer, person_id integer);
create table if not exists times(id integer primary key, project_id integer, person_id integer, day text,
  minutes integer, note text);
create table if not exists timers(person_id integer primary key, project_id integer, started real);
create table if not exists expenses(id integer primary key, supplier text, day text, category text, amount integer,
  vat integer, project_id integer, receipt text, person_id integer);
create table if not exists events(id integer primary key, at text, icon text, words text, href text);
create table if not exists wizards(person_id integer primary key, entered text);
create table if not exists api_keys(id integer primary key, name text, scope text, tail text, digest text,
  created text);
create table if not exists webhooks(id integer primary key, url text, events text, secret text, last text);
create index if not exists lines_owner on lines(kind, owner_id);
create index if not exists times_day on times(day);
"""


class Database:
    """One connection, used by the event loop's thread alone; statements take microseconds on this data."""

    def __init__(self, path: str | None) -> None:
        self._link = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._link.row_factory = sqlite3.Row
        self._link.executescript(SCHEMA)

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._link.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._link.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, *values: object) -> Any:
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def run(self, sql: str, *values: object) -> int:
        """Runs one statement; the id of the row it made."""
        return self._link.execute(sql, values).lastrowid or 0

    def insert(self, table: str, **values: object) -> int:
        marks = ",".join("?" * len(values))
        return self.run(f"insert into {table}({','.join(values)}) values({marks})", *values.values())

    def update(self, table: str, row_id: int, **values: object) -> None:
        sets = ",".join(f"{name}=?" for name in values)
        self.run(f"update {table} set {sets} where id=?", *values.values(), row_id)

    def get(self, key: str) -> Any:
        """One of the workspace's settings, any JSON; None when it was never set."""
        text = self.value("select value from settings where key=?", key)
        return None if text is None else json.loads(text)

    def put(self, key: str, value: object) -> None:
        self.run("insert or replace into settings values(?,?)", key, json.dumps(value))

    def note(self, at: str, icon: str, words: str, href: str) -> None:
        """Adds a line to "Recent activity"."""
        self.insert("events", at=at, icon=icon, words=words, href=href)

    def clear(self) -> None:
        for row in self.all("select name from sqlite_master where type='table' and name not like 'sqlite_%'"):
            self.run(f"delete from {row['name']}")

    def close(self) -> None:
        self._link.close()
