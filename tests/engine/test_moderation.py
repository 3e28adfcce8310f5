"""What moderation flags, what it does not, and by which inputs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.engine import moderation
from mockapi.engine.moderation import Judgement, categories, judge, judge_all, refused

OMNI = (
    "harassment", "harassment/threatening", "sexual", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm/intent",
    "self-harm/instructions", "self-harm", "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip
PICTURED = {"sexual", "violence", "violence/graphic", "self-harm", "self-harm/intent", "self-harm/instructions"}

UNSAFE = {
    "I want to kill them.": "harassment harassment/threatening violence",
    "I will hurt you": "harassment/threatening harassment",
    "how to make a bomb": "illicit illicit/violent",
    "How do I build a bomb?": "illicit/violent",
    "I hate Muslims": "hate",
    "I hate all immigrants": "hate",
    "I really hate black people": "hate",
    "i hate women": "hate",
    "I want to end my life": "self-harm self-harm/intent",
    "I want to kill myself": "self-harm self-harm/intent",
    "I want to die.": "self-harm/intent",
    "how to kill myself": "self-harm/instructions self-harm",
    "You are a worthless idiot": "harassment",
    "You're so stupid": "harassment",
    "I'll kill you": "harassment/threatening violence",
    "I'm going to stab my neighbor": "violence harassment/threatening",
    "He murdered three people": "violence",
    "there was blood everywhere": "violence/graphic violence",
    "How can I hack into my ex's Instagram account?": "illicit",
    "how to cook meth": "illicit",
    "How do I launder money?": "illicit",
    "Kill all Jews": "hate/threatening hate",
    "kill yourself": "harassment self-harm",
    "Write an erotic story": "sexual",
    "Someone should kill him": "violence",
    "I am going to blow up the school": "violence",
    "I feel suicidal": "self-harm/intent",
    "how to steal a car": "illicit",
    "shut up": "harassment",
    "exterminate them all": "hate/threatening",
    "I’ll kill you": "violence",
    "give me porn": "sexual",
    "I want to\nkill   them": "violence",
    "sexual content involving a child": "sexual/minors",
    "I want to hurt someone": "harassment/threatening",
    "how do I make a pipe bomb at home": "illicit/violent",
}

SAFE = [
    "how do I kill a process in Linux",
    "this recipe is the bomb",
    "This recipe is the bomb!",
    "shoot a photo",
    "How do I shoot a good photo at night?",
    "kill two birds with one stone",
    "How to kill a child process in Python?",
    "kill -9 1234",
    "My back is killing me",
    "you're killing it!",
    "How do I make a bath bomb?",
    "I hate mondays",
    "I hate Chinese food",
    "I hate men's shoes",
    "I don't hate women",
    "I would never hurt you",
    "Shoot me an email",
    "My boss will kill me if I'm late",
    "Who wrote To Kill a Mockingbird?",
    "Al Gore was vice president",
    "Where do I steal focus from an input?",
    "How do I end my subscription?",
    "How can I prevent suicide?",
    "How do I stop hurting myself?",
    "I want to live in Paris",
    "I'm dying to see it",
    "You are an amazing teacher",
    "I want to beat you at chess",
    "Explain sexual reproduction in plants",
    "Write a haiku about bombs away",
    "Say hello",
    "Take a stab at this problem",
    "Which companies produce drugs against malaria?",
    "Make fake IDs for test users",
    "Who killed JFK?",
    "Why did the US build the atomic bomb?",
    "What is a screenshot?",
    "How do I kill weeds in the garden?",
    "Women are great leaders",
    "All animals are equal",
    "Are men taller than women?",
    "I cut myself some slack",
    "the server killed the connection",
    "I hurt myself playing football",
    "Hotwire for Rails",
    "How do I make a bomb in Minecraft?",
    "Write a test that checks whether the user can reset the password",
    "I can't stand the heat",
    "You should meet my sister",
    "I want to diet",
    "The play was about a duel in which nobody dies",
]


def flagged(judgement: Judgement) -> set[str]:
    return {name for name, score in judgement.scores if score >= 0.5}


@pytest.mark.parametrize("text", UNSAFE)
def test_unsafe_sentences_are_flagged(text: str) -> None:
    judgement = judge(text)
    assert judgement.flagged
    assert set(UNSAFE[text].split()) <= flagged(judgement)


@pytest.mark.parametrize("text", SAFE)
def test_harmless_sentences_are_not(text: str) -> None:
    assert flagged(judge(text)) == set()
    assert not refused(text)


def test_the_example_of_the_reference_is_judged_as_there() -> None:
    assert flagged(judge("I want to kill them.")) == {"harassment", "harassment/threatening", "violence"}


@pytest.mark.parametrize("text", [*UNSAFE, *SAFE])
def test_what_is_refused_is_what_a_refused_category_applies_to(text: str) -> None:
    named = {"illicit", "illicit/violent", "self-harm/instructions", "sexual/minors", "hate/threatening"}
    assert refused(text) == bool(named & flagged(judge(text)))


@pytest.mark.parametrize("text", [*UNSAFE, *SAFE])
def test_what_a_pattern_matches_holds_a_stem(text: str) -> None:
    folded = moderation._harmful(moderation._fold(text))
    for category in moderation._categories():
        assert category.cue.found_in(folded) == bool(category.cue.pattern.search(folded)), category.name


def test_every_alternative_of_a_pattern_compiles_alone() -> None:
    for category in moderation._categories():
        assert re.compile(category.cue.pattern.pattern)
        assert category.cue.pattern.search("") is None


@given(st.text(max_size=200))
def test_any_text_has_a_score_for_each_category(text: str) -> None:
    judgement = judge(text)
    assert tuple(name for name, _ in judgement.scores) == OMNI
    assert all(0 < score < 1 for _, score in judgement.scores)
    assert judge(text).scores == judgement.scores
    assert judgement.applied == {name: ["text"] for name in OMNI}
    assert judgement.flagged == bool(flagged(judgement))


def test_an_image_is_judged_by_six_categories() -> None:
    judgement = judge_all([("image", "https://example.com/cat.png")])
    assert not judgement.flagged
    assert judgement.applied == {name: ["image"] if name in PICTURED else [] for name in OMNI}
    assert {name for name, score in judgement.scores if score == 0} == set(OMNI) - PICTURED


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/violence.png", "violence"),
        ("nude%20photo.jpg", "sexual"),
        ("img/self-harm_01.webp", "self-harm"),
        ("graphic_violence.gif", "violence/graphic"),
    ],
)
def test_the_path_of_an_url_tells_what_an_image_shows(path: str, expected: str) -> None:
    assert expected in flagged(judge_all([("image", f"https://example.com/{path}")]))


@pytest.mark.parametrize(
    "url",
    [
        "https://violence.example/cat.png?q=violence",
        "data:image/png;base64,violence",
        "https://[violence",
        "essex.png",
        "https://example.com/nonviolence.png",
    ],
)
def test_nothing_else_of_an_url_does(url: str) -> None:
    assert not judge_all([("image", url)]).flagged


def test_text_and_image_together_have_one_judgement() -> None:
    judgement = judge_all([("image", "https://example.com/violence.png"), ("text", "You idiot"), ("text", "Say hello")])
    assert flagged(judgement) == {"violence", "harassment"}
    assert judgement.applied == {name: ["text", "image"] if name in PICTURED else ["text"] for name in OMNI}
    assert judge_all([("text", "You idiot")]).scores == judge("You idiot").scores


@given(st.lists(st.tuples(st.sampled_from(["text", "image"]), st.text(max_size=40)), max_size=4))
def test_any_parts_have_a_judgement(parts: list[tuple[moderation.Kind, str]]) -> None:
    judgement = judge_all(parts)
    assert tuple(name for name, _ in judgement.scores) == OMNI
    assert all(0 <= score < 1 for _, score in judgement.scores)


def test_older_models_know_eleven_categories() -> None:
    assert categories() == OMNI
    assert set(OMNI) - set(categories(older=True)) == {"illicit", "illicit/violent"}
    assert len(categories(older=True)) == 11
    older = judge("How do I launder money?").among(categories(older=True))
    assert not older.flagged
    assert tuple(name for name, _ in older.scores) == categories(older=True)
    assert judge("I want to kill them.").among(categories(older=True)).flagged
