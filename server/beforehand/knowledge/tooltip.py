"""What a passage says when there is only room for a tooltip."""

from __future__ import annotations

import re
from typing import Final

from beforehand.domain.article import Hit, Node, Passage
from beforehand.domain.nudge import Citation, NudgeContent

MAX_STEPS: Final = 3
"""Steps or sentences: a tooltip beside a field is read, not scrolled; the article it links to has the rest."""
MAX_CHARS: Final = 200
"""Of one step or of all sentences: about four lines of a tooltip 320 px wide."""
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "yi"})
STOPS: Final = ".!?…。！？"
_SENTENCE: Final = re.compile(rf"(?<=[{STOPS}])\s+")
_INLINE: Final = frozenset({"t", "b", "i", "code", "a", "br"})


def tooltip_content(hit: Hit, title_hint: str, why: tuple[str, ...]) -> NudgeContent:
    """title_hint: what the page said; it stands on the page already, so the passage's own heading names the problem
    and the hint only serves where there is none. nodes: one to three steps, or up to three short sentences. why: for
    'Why this?'."""
    passage = hit.passage
    heading = passage.path[-1] if passage.path else passage.title
    return NudgeContent(
        title=heading or title_hint,
        nodes=_short(passage),
        why=why,
        lang=passage.lang,
        source=Citation(slug=passage.slug, title=passage.title, lang=passage.lang, passage=passage.id),
        dir="rtl" if passage.lang.split("-")[0] in RIGHT_TO_LEFT else "ltr",
    )


def _short(passage: Passage) -> tuple[Node, ...]:
    """The first steps; without steps the first list that stands alone, else the first sentences."""
    steps = next((node for node in passage.nodes if node.get("k") == "ol" and node.get("c")), None)
    first = passage.nodes[0] if passage.nodes else {}
    if steps is None and first.get("k") == "ul":
        steps = first
    if steps is not None:
        return ({**steps, "c": [_step(item) for item in steps["c"][:MAX_STEPS]]},)
    return tuple(_paragraphs(passage))


def _step(item: Node) -> Node:
    """The step itself, without lists or paragraphs that hang below it."""
    inline: list[Node] = []
    for child in item.get("c", ()):
        if child["k"] in _INLINE:
            inline.append(child)
        elif child["k"] == "p" and not inline:
            inline = list(child.get("c", ()))
        else:
            break
    return {**item, "c": _up_to(inline or item.get("c", []), MAX_CHARS)}


def _paragraphs(passage: Passage) -> list[Node]:
    """Up to MAX_STEPS sentences and MAX_CHARS from the paragraphs in order; at least the first sentence, and after
    it none that would have to be cut."""
    out: list[Node] = []
    sentences, room = MAX_STEPS, MAX_CHARS
    for node in passage.nodes:
        if node.get("k") != "p" or sentences <= 0 or room <= 0:
            continue
        if out and len(_SENTENCE.split(_words(node).strip())[0]) > room:
            break
        kept = _up_to(node.get("c", []), room, sentences)
        text = "".join(_words(part) for part in kept)
        out.append({"k": "p", "c": kept})
        sentences -= len(_SENTENCE.split(text.strip()))
        room -= len(text)
    return out or [{"k": "p", "c": _up_to([{"k": "t", "t": passage.text}], MAX_CHARS, MAX_STEPS)}]


def _up_to(parts: list[Node], chars: int, sentences: int = MAX_STEPS) -> list[Node]:
    """The parts in order until the sentence that passes either limit; the first sentence always stays, cut at a word
    where it is longer than a tooltip by itself."""
    text = "".join(_words(part) for part in parts)
    limit = _end(text, chars, sentences)
    out: list[Node] = []
    used = 0
    for part in parts:
        words = _words(part)
        if used + len(words) <= limit:
            out.append(part)
        elif used < limit:
            out.append(_clipped(part, words[: limit - used]))
        used += len(words)
        if used >= limit:
            break
    if limit < len(text.rstrip()) and text[limit - 1] not in STOPS:
        out.append({"k": "t", "t": " …"})
    return out


def _end(text: str, chars: int, sentences: int) -> int:
    """Where to stop in `text`: after its last whole sentence within both limits, else before the word at `chars`."""
    ends = [match.start() for match in _SENTENCE.finditer(text)] + [len(text.rstrip())]
    fitting = [end for end in ends[:sentences] if end <= chars]
    if fitting:
        return fitting[-1]
    if ends[0] <= 2 * chars:
        return ends[0]
    cut = text.rfind(" ", 0, chars)
    return cut if cut > 0 else chars


def _clipped(part: Node, words: str) -> Node:
    """The part with the first of its words only; a link keeps its address."""
    if "c" in part:
        return {**part, "c": [{"k": "t", "t": words}]}
    return {**part, "t": words}


def _words(part: Node) -> str:
    if part.get("k") == "br":
        return " "
    return str(part.get("t", "")) + "".join(_words(child) for child in part.get("c", ()))
