"""The words that give a kind of text away: their stems, which spare most texts the search, hide nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.engine.cues import Cue
from mockapi.fixtures import load

PROSE, TASKS = load("replies/prose.toml"), load("replies/tasks.toml")
TABLES = {
    name: table
    for name, table in [*PROSE["kinds"].items(), *PROSE["lengths"].items(), *TASKS.items()]
    if isinstance(table, dict) and table.get("stems")
}


@pytest.mark.parametrize("name", sorted(TABLES))
@given(data=st.data())
def test_what_a_cue_matches_holds_one_of_its_stems(name: str, data: st.DataObject) -> None:
    cue = Cue.of(TABLES[name])
    text = data.draw(st.from_regex(cue.pattern)).lower()
    assert cue.found_in(text) == (cue.pattern.search(text) is not None)


def test_a_text_without_a_stem_is_not_searched() -> None:
    cue = Cue("dog", stems=("cat",))
    assert not cue.found_in("a dog")
    assert cue.found_in("a cat and a dog")
