"""What a prompt asks to see: the shapes and colours it names, its mood, and its text in characters that the built-in font has."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "red": (220, 38, 38), "crimson": (190, 18, 60), "scarlet": (225, 29, 28), "maroon": (128, 20, 30), "orange": (249, 128, 22),
    "coral": (251, 113, 94), "amber": (245, 170, 20), "yellow": (250, 210, 30), "gold": (228, 178, 40), "golden": (228, 178, 40),
    "lime": (150, 214, 40), "green": (34, 160, 70), "emerald": (16, 160, 110), "olive": (115, 125, 40), "teal": (17, 135, 135),
    "turquoise": (45, 200, 190), "cyan": (30, 190, 225), "blue": (37, 99, 225), "navy": (25, 40, 105), "indigo": (79, 70, 215),
    "purple": (135, 60, 200), "violet": (139, 92, 246), "magenta": (215, 40, 180), "pink": (244, 114, 172), "rose": (240, 80, 120),
    "brown": (128, 80, 45), "beige": (222, 205, 170), "tan": (205, 170, 125), "white": (250, 250, 250), "silver": (190, 196, 205),
    "gray": (130, 136, 146), "grey": (130, 136, 146), "black": (28, 28, 34),
}  # fmt: skip

# Every shape, then the words for it.
SHAPES = {
    "circle": "circle ball dot disc disk sphere balloon bubble",
    "square": "square box cube block rectangle",
    "triangle": "triangle pyramid",
    "star": "star",
    "heart": "heart",
    "diamond": "diamond gem crystal",
    "sun": "sun sunshine",
    "moon": "moon",
    "cloud": "cloud",
    "bird": "bird seagull gull dove eagle",
    "tree": "tree oak pine forest",
    "flower": "flower tulip daisy sunflower blossom",
    "house": "house home cabin cottage hut barn",
    "mountain": "mountain peak alp volcano",
    "hill": "hill meadow grass field lawn",
    "sea": "sea ocean lake river water wave",
    "boat": "boat ship sailboat yacht",
    "car": "car taxi automobile",
    "fish": "fish goldfish shark whale dolphin",
    "cat": "cat kitten kitty tiger lion fox",
    "dog": "dog puppy pup wolf",
    "bear": "bear teddy otter panda mouse hamster",
    "rabbit": "rabbit bunny hare",
    "person": "person man woman child boy girl people astronaut robot wizard",
}
_NOUNS = {word: shape for shape, names in SHAPES.items() for word in names.split()}
_OWN_COLOURS = {
    "fox": "orange",
    "tiger": "orange",
    "lion": "amber",
    "goldfish": "orange",
    "otter": "brown",
    "panda": "silver",
    "wolf": "gray",
}
_COUNTS = {"two": 2, "pair": 2, "couple": 2, "three": 3, "few": 3, "several": 4, "four": 4, "five": 5, "six": 6, "many": 6}
_SIZES = {"big": 1.25, "large": 1.25, "huge": 1.4, "giant": 1.4, "small": 0.7, "little": 0.7, "tiny": 0.5, "baby": 0.75}
_SHADES = {"dark": -0.4, "deep": -0.3, "light": 0.45, "pale": 0.55, "bright": 0.1}
_MOODS = {
    "night": "night midnight nocturnal starry space galaxy moonlight",
    "sunset": "sunset sunrise dusk dawn evening",
    "snow": "snow snowy winter ice arctic",
    "sand": "desert beach sand dune",
    "storm": "storm rain rainy fog foggy",
}
_MOOD_WORDS = {word: mood for mood, names in _MOODS.items() for word in names.split()}
# A colour before one of these is not the colour of what comes after it.
_BREAKS = frozenset(
    [
        "a",
        "an",
        "the",
        "on",
        "in",
        "under",
        "over",
        "above",
        "below",
        "with",
        "at",
        "of",
        "by",
        "near",
        "behind",
        "beside",
        "next",
        "to",
        "from",
        "into",
    ]
)
_LINKS = frozenset(["in", "is", "are", "colored", "coloured", "painted"])
# Where "sea" is a part of a creature's name.
_NOT_THE_SEA = frozenset(["otter", "lion", "horse", "urchin", "star", "gull"])
_WORD = re.compile(r"[a-z]+|\d+")
_LOOKED_AT = 800
_MOST_ITEMS = 6


@dataclass(frozen=True)
class Item:
    """One thing to draw. `scale` is relative to what there is room for; a colour of None is the palette's choice."""

    shape: str
    colour: Colour | None = None
    scale: float = 1.0


@dataclass
class Scene:
    """What a prompt names, in its order."""

    items: list[Item] = field(default_factory=list)
    colours: list[Colour] = field(default_factory=list)
    mood: str = "day"


def shaded(colour: Colour, by: float) -> Colour:
    """Towards white for `by` in (0, 1], towards black for [-1, 0)."""
    goal = 255 if by > 0 else 0
    red, green, blue = (round(part + (goal - part) * abs(by)) for part in colour)
    return red, green, blue


def _noun(word: str) -> str | None:
    """The singular under which a word is a noun of ours."""
    for name in (word, word.removesuffix("s"), word.removesuffix("es"), f"{word.removesuffix('ies')}y"):
        if name in _NOUNS:
            return name
    return None


def scene(prompt: str) -> Scene:
    """What is to be seen in a picture of `prompt`."""
    found = Scene()
    words = _WORD.findall(legible(prompt, _LOOKED_AT).lower())
    colour: Colour | None = None
    shade, scale, count, fresh, before = 0.0, 1.0, 1, 0, ""
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        noun = _noun(word)
        if word in COLOURS:
            colour = shaded(COLOURS[word], shade) if shade else COLOURS[word]
            found.colours.append(colour)
            if before in _LINKS and fresh and found.items[-1].colour is None:
                found.items[-fresh:] = [replace(item, colour=colour) for item in found.items[-fresh:]]
            shade = 0.0
        elif noun and not (word == "sea" and after in _NOT_THE_SEA):
            if colour is None and noun in _OWN_COLOURS:
                colour = COLOURS[_OWN_COLOURS[noun]]
            fresh = max(0, min(count, _MOST_ITEMS - len(found.items)))
            found.items += [Item(_NOUNS[noun], colour, scale)] * fresh
            colour, shade, scale, count = None, 0.0, 1.0, 1
        elif word in _BREAKS:
            colour, shade, scale, count = None, 0.0, 1.0, 1
        elif word in _COUNTS or (word.isdigit() and word in "23456"):
            count = _COUNTS.get(word) or int(word)
        shade = _SHADES.get(word, shade)
        scale = _SIZES.get(word, scale)
        found.mood = _MOOD_WORDS.get(word, found.mood)
        before = word
    if found.mood == "day" and any(item.shape == "moon" for item in found.items):
        found.mood = "night"
    return found


# The characters of Pillow's built-in font (Aileron), seen by drawing each.
_DRAWABLE = frozenset([*map(chr, range(0x20, 0x7F)), *"©«°±´·»‘’“”…‹›⁄™"])
_CYRILLIC = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya"
_GREEK = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
_SPELLED = {
    "–": "-", "—": "-", "−": "-", "•": "·", "×": "x", "„": "“", "‚": "‘", "、": ", ", "。": ". ",
    "€": "EUR", "£": "GBP", "¥": "JPY", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l",
    **dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _CYRILLIC.split(), strict=True)),
    **dict(zip("αβγδεζηθικλμνξοπρςστυφχψω", _GREEK.split(), strict=True)),
}  # fmt: skip
_LETTER = re.compile(r"(?:LETTER|SYLLABLE|LIGATURE|DIGIT) (?:SMALL |SHORT )?([A-Z]+)")


def legible(text: str, most: int) -> str:
    """At most `most` characters of a text on one line, in characters that the font has.

    Accents are dropped, Cyrillic and Greek are spelled, other letters and signs become the names Unicode gives them, ideographs their
    numbers.
    """
    said = "".join(char if char in _DRAWABLE else _spelled(char) for char in text[:most])
    return " ".join(said.split())[:most]


def _spelled(char: str) -> str:
    spelled = _SPELLED.get(char) or _SPELLED.get(char.lower(), "").capitalize()
    if spelled:
        return spelled
    if char.isspace():
        return " "
    kind = unicodedata.category(char)
    if kind[0] in "CM" or kind == "Sk":
        return ""
    kept = "".join(_SPELLED.get(part, part) for part in unicodedata.normalize("NFKD", char) if part in _DRAWABLE or part in _SPELLED)
    if kept.strip():
        return kept
    name = unicodedata.name(char, "")
    letter = _LETTER.search(name)
    if letter is not None:
        return letter[1].capitalize() if "CAPITAL" in name else letter[1].lower()
    if "IDEOGRAPH" in name:
        return f" {ord(char):X}"
    return f" [{name.lower()}] " if name else ""
