"""The dense half: a flat FAISS index per workspace, kept on disk as a cache."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import numpy.typing as npt
import structlog

from beforehand.domain.article import Passage
from beforehand.ports.embedder import Embedder

NEAREST: Final = 500
"""Passages whose cosine FAISS gives; those that only the words found are asked for by number. All of an index of
10,000 would take seven times as long (6 ms against 0.8)."""

Keys = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]
faiss.omp_set_num_threads(1)  # a search shares its core with the server; waiting threads would spin
log = structlog.get_logger()


class VectorIndex:
    """Passages of one workspace by number; inner product of unit vectors is their cosine.

    Exact (flat) search: nothing is missed. An update leaves the index that is being searched as it is and puts
    a changed copy in its place. The file is a cache: its hash and its embedder are checked, and one that does not
    hold is filled anew and said so in the log.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        name = hashlib.sha256(embedder.name.encode()).hexdigest()[:16]
        self._file, self._card = folder / f"{name}.faiss", folder / f"{name}.json"
        self._index = self._load()

    def update(self, passages: Sequence[Passage]) -> int:
        """Make it hold exactly these; returns how many were embedded."""
        wanted = {number(passage): passage for passage in passages}
        held = set(faiss.vector_to_array(self._index.id_map).tolist())
        gone = np.array(sorted(held - wanted.keys()), dtype=np.int64)
        new = [key for key in wanted if key not in held]
        if not len(gone) and not new:
            return 0
        index: Any = faiss.clone_index(self._index)
        if len(gone):
            index.remove_ids(faiss.IDSelectorBatch(gone))
        if new:
            vectors = self._embedder.embed([text_of(wanted[key]) for key in new])
            index.add_with_ids(vectors, np.array(new, dtype=np.int64))
        self._index = index
        self._save()
        return len(new)

    def scores(self, query: str, keys: Keys, order: Rows, asked: Rows) -> npt.NDArray[np.float32]:
        """(len(keys),): cosine with the query, by row, of the nearest passages and of the rows `asked`; else 0.
        keys: the number of each row; order: the rows sorted by it."""
        index = self._index
        vector = self._embedder.embed([query])
        out = np.zeros(len(keys), dtype=np.float32)
        cosines, found = index.search(vector, min(index.ntotal, NEAREST))
        place = np.minimum(np.searchsorted(keys, found[0], sorter=order), len(keys) - 1)
        rows = order[place]
        known = keys[rows] == found[0]
        out[rows[known]] = cosines[0][known]
        rest = asked[out[asked] == 0]
        if len(rest):
            out[rest] = index.reconstruct_batch(keys[rest]) @ vector[0]
        return out

    def _fresh(self) -> Any:
        return faiss.IndexIDMap2(faiss.IndexFlatIP(self._embedder.dimensions))

    def _load(self) -> Any:
        if not self._file.exists():
            return self._fresh()
        try:
            return self._read()
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            log.warning("index_refilled", file=self._file.name, reason=f"{type(error).__name__}: {error}")
            return self._fresh()

    def _read(self) -> Any:
        """Raises where file, card and embedder do not belong together; nothing is parsed before the hash holds."""
        card = json.loads(self._card.read_bytes())
        data = self._file.read_bytes()
        if card["sha256"] != hashlib.sha256(data).hexdigest():
            raise ValueError("the file is not the one that was written")
        index: Any = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        if card["embedder"] != self._embedder.name or index.d != self._embedder.dimensions:
            raise ValueError("the file is of another embedder")
        return index

    def _save(self) -> None:
        """A disk that refuses costs the next start its head start, nothing else."""
        data = faiss.serialize_index(self._index).tobytes()
        card = {"embedder": self._embedder.name, "sha256": hashlib.sha256(data).hexdigest()}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            for path, content in ((self._file, data), (self._card, json.dumps(card).encode())):
                part = path.with_suffix(path.suffix + ".part")
                part.write_bytes(content)
                os.replace(part, path)
        except OSError as error:
            log.warning("index_not_saved", file=self._file.name, reason=error.strerror)


def number(passage: Passage) -> int:
    """63 bits of the passage's hash: FAISS numbers its rows."""
    return int(passage.id[:16], 16) >> 1 if _is_hex(passage.id) else _hashed(passage.id)


def _is_hex(text: str) -> bool:
    return len(text) >= 16 and all(c in "0123456789abcdef" for c in text[:16])


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def text_of(passage: Passage) -> str:
    """What is embedded: title, headings, then the words."""
    return ". ".join((passage.title, *passage.path)) + ". " + passage.text
