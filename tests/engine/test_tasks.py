"""Small jobs the simulated model really does: translation, keywords, tags, labels."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.engine import tasks
from mockapi.engine.prompt import Prompt, Turn
from mockapi.seed import Stream, label

INTO_FRENCH = "You will be provided with a sentence in English, and your task is to translate it into French."
KEYWORDS = "You will be provided with a block of text, and your task is to extract a list of keywords from it."


def done(said: str, system: str | None = None) -> str | None:
    turns = [Turn("user", said)]
    return tasks.do(Prompt([Turn("system", system), *turns] if system else turns), Stream(label("tasks")))


@pytest.mark.parametrize(
    ("said", "translated"),
    [
        ("Translate 'Good morning, how are you?' to Spanish", "Buenos días, ¿cómo estás?"),
        ("Translate to German: Good morning, how are you?", "Guten Morgen, wie geht es dir?"),
        ("translate the following text to Italian:\n\nWhere is the train station? Thank you!", "Dov'è la stazione? Grazie!"),
        ('Translate "The cat is my friend." into Portuguese.', "O gato é meu amigo."),
        ("Translate 'Don't worry, I'm a student' to French", "Ne vous inquiétez pas, je suis étudiant"),
        ("Translate this to French: My name is Jane Miller.", "Je m'appelle Jane Miller."),
        ("Please translate hello into Spanish", "Hola"),
        ("Translate to French: I am going to Rome tomorrow.", "Je vais à Rome demain."),
        ("Translate 'bonjour, comment allez-vous ?' to English", "Hello, how are you?"),
        ("Translate 'Guten Morgen' to Spanish", "Buenos días"),
        ("Translate '¿Dónde está la biblioteca?' to English", "Where is the library?"),
        ("Translate 'xylophone qwerty' to German", "Xylophone qwerty"),
        ("Translate from English to Italian: Hello, world!", "Ciao, mondo!"),
    ],
)
def test_translations(said: str, translated: str) -> None:
    assert done(said) == translated


def test_the_pages_own_example_of_translation() -> None:
    assert done("My name is Jane. What is yours?", INTO_FRENCH) == "Je m'appelle Jane. Quel est le vôtre?"


def test_every_entry_is_in_six_languages_and_its_own_translation() -> None:
    rows = tasks._entries()
    assert len(rows) > 600
    assert {len(row) for row in rows} == {6}
    assert all(cell and cell == cell.strip() for row in rows for cell in row)
    for column, language in enumerate(("french", "spanish", "german", "italian", "portuguese"), 1):
        seen = set()
        for row in rows:
            if row[0] in seen or "'" in row[0]:
                continue
            seen.add(row[0])
            translated = done(f'Translate "{row[0]}" to {language}')
            assert translated is not None and translated.lower() == row[column].lower(), row


def test_words_are_never_cut() -> None:
    text = (
        "Black-on-black ware is a 20th- and 21st-century pottery tradition developed by the Puebloan Native American ceramic artists in "
        "Northern New Mexico."
    )
    assert done(text, KEYWORDS) == (
        "black-on-black ware, 21st-century pottery tradition, puebloan native american, ceramic artists, northern new mexico"
    )


def test_tags_are_of_things() -> None:
    said = "Solar panels on rooftops cut household energy bills by 30% in 2024, researchers said."
    assert done(said, "Generate 5 tags for the text.") == "solar-panels, rooftops, energy-bills, researchers"


@given(st.text(max_size=200))
def test_keywords_are_whole_words_of_the_text(text: str) -> None:
    found = done(f"{text}", KEYWORDS)
    for phrase in (found or "").split(", ") if found and found != text else ():
        for word in phrase.split():
            place = text.lower().find(word.lower())
            assert place <= 0 or not (text.lower()[place - 1].isalpha() and word[:1].isalpha()) or text.lower().count(word.lower()) > 1


def test_intents_are_classified() -> None:
    said = "I want my money back, this arrived broken"
    assert done(said, "Classify the intent of the message as one of: refund, greeting, other") == "refund"


@pytest.mark.parametrize("said", ["' " * 10_000, "'a " * 7_000, "a'a" * 6_000, '"' * 20_000, "the cat " * 2_500])
def test_no_text_takes_long(said: str) -> None:
    begun = time.perf_counter()
    done(said, INTO_FRENCH)
    assert time.perf_counter() - begun < 2
