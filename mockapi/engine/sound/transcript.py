"""What is written down of a sound: its text, and when each word and sentence is said. Times are in seconds from the start."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from mockapi import fixtures
from mockapi.engine.sound import language as languages
from mockapi.engine.sound import words as breaths
from mockapi.engine.sound.hearing import Heard
from mockapi.seed import Stream

_WORDS_PER_SECOND = 2.5
_MOST_WORDS = 50_000
_LONGEST_SEGMENT = 12.0
_LEAST_CUT = 4.0  # a comma before is not worth a cut
_SOUNDING = 0.92  # of a word's time
_WINDOW = 30.0  # Whisper hears so much at once
_FIRST_TIME = 50_364  # Whisper's token for the start of its window; each next one is 20 ms later
_MARKS = " .,!?;:…\"“”„«»()[]{}<>。、！？，；：「」『』（）¡¿'‘’-–—"
_SENTENCE_END = re.compile(r"(?:[.!?…][\"'”’»)\]]*|[。！？…][」』”’）]*)$")
_ABBREVIATION = re.compile(r"(?:^|\W)(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Prof|vs|e\.g|i\.e|etc|No|z\.B)\.$")
_PAUSE = re.compile(r"[,;:–—、，；：]$")


class Word(NamedTuple):
    word: str
    start: float
    end: float


class Segment(NamedTuple):
    """A sentence, or a part of a long one. `text` begins with the space in front of it, `seek` is the window's start in hundredths."""

    id: int
    start: float
    end: float
    text: str
    seek: int
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float
    speaker: str

    @property
    def tokens(self) -> list[int]:
        """Whisper's tokens, between those of the times."""
        from mockapi.engine.tokens import encoding

        begin = self.seek / 100
        times = [_FIRST_TIME + min(1500, max(0, round((time - begin) / 0.02))) for time in (self.start, self.end)]
        return [times[0], *encoding("whisper").encode(self.text), times[1]]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A sound written down; `language` is a full lower-case name, `duration` in seconds."""

    text: str
    language: str
    duration: float
    words: list[Word]
    segments: list[Segment]


def transcribe(heard: Heard, stream: Stream, prompt: str | None = None, language: str | None = None) -> Transcript:
    """A sound written down. `prompt` is taken for spellings, `language` is a code of ISO 639-1 or a name.

    Sound that is not ours is told as sentences drawn from `stream`, as many words as it has time for.
    """
    text = _invented(heard.seconds, stream.child(1)) if heard.text is None else " ".join(heard.text.split())
    if prompt:
        text = _spelled(text, prompt)
    named = languages.LANGUAGES.get(language.lower(), language.lower()) if language else languages.guess_language(text)
    placed = _placed(text, heard.seconds)
    segments = _segments(text, placed, heard.seconds, stream.child(2))
    spoken = [Word(word, piece.start, piece.sounding) for piece in placed if (word := text[piece.at : piece.to].strip(_MARKS))]
    return Transcript(text, named, heard.seconds, spoken, segments)


@cache
def _sentences() -> list[list[str]]:
    told: list[str] = fixtures.load("replies/speech.toml")["sentences"]
    return [sentence.split() for sentence in told]


@cache
def _endings() -> dict[int, list[list[str]]]:
    """What can be said at the end, by its number of words."""
    short: list[str] = fixtures.load("replies/speech.toml")["short"]
    found: dict[int, list[list[str]]] = {}
    for words in [*_sentences(), *(sentence.split() for sentence in short)]:
        found.setdefault(len(words), []).append(words)
    return found


def _invented(seconds: float, stream: Stream) -> str:
    """Neutral sentences, all of them once before any comes again; the last is one that time is left for."""
    left = max(1, min(_MOST_WORDS, int(seconds * _WORDS_PER_SECOND)))
    said: list[str] = []
    order: list[int] = []
    while left > 0:
        if not order:
            order = list(range(len(_sentences())))
        words = _sentences()[order.pop(stream.below(len(order)))]
        if len(words) > left:
            words = stream.choice(_endings().get(left, [words[:left]]))
        left -= len(words)
        said += words
    return " ".join(said)


def _spelled(text: str, prompt: str) -> str:
    """A text with the names in a prompt spelled as there: words with a capital or a figure inside."""
    names = {word.lower(): word for word in re.findall(r"\w+", prompt) if any(sign.isupper() for sign in word[1:])}
    return re.sub(r"\w+", lambda match: names.get(match[0].lower(), match[0]), text) if names else text


class _Placed(NamedTuple):
    """A piece of a text: where it begins and ends in it, and its times; `sounding` is when its sound fades."""

    at: int
    to: int
    start: float
    sounding: float
    end: float


def _placed(text: str, seconds: float) -> list[_Placed]:
    pieces = breaths.pieces(text)
    whole = sum(size for _, size in pieces)
    last = math.floor(seconds * 100) / 100
    placed = []
    at, passed = 0, 0.0
    for piece, size in pieces:
        at = text.index(piece, at)
        start, end = passed * seconds / whole, (passed + size) * seconds / whole
        sounding = start + (end - start) * _SOUNDING
        placed.append(_Placed(at, at + len(piece), *(min(last, round(time, 2)) for time in (start, sounding, end))))
        at += len(piece)
        passed += size
    return placed


def _segments(text: str, placed: list[_Placed], seconds: float, stream: Stream) -> list[Segment]:
    made: list[Segment] = []
    seek = 0.0
    parts, sentences = _parts(text, placed)
    for number, (first, end) in enumerate(parts):
        chance = stream.child(number)
        start, until = placed[first].start, placed[end - 1].end
        if until - seek > _WINDOW:
            seek = start
        said = text[placed[first].at : placed[end - 1].to]
        spaced = text[placed[first].at - 1].isspace() if number else not re.match(r"[\u2e80-\ua4cf\u0e00-\u0eff]", said)
        made.append(
            Segment(
                number, start, until, f" {said}" if spaced else said, round(seek * 100),
                round(-0.12 - 0.3 * chance.unit(), 7), _compression(said), round(0.002 + 0.05 * chance.unit(), 7),
                "AB"[number % 2] if sentences > 1 else "A",
            )
        )  # fmt: skip
    return made


def _parts(text: str, placed: list[_Placed]) -> tuple[list[tuple[int, int]], int]:
    """Ranges of pieces that make a segment, and the number of sentences: cut at their ends, or before they grow too long."""
    parts: list[tuple[int, int]] = []
    first, pause, sentences = 0, 0, 0
    for number, piece in enumerate(placed):
        if number > first and piece.end - placed[first].start > _LONGEST_SEGMENT:
            # At the last comma, if there was one late enough.
            cut = pause if pause > first and placed[pause].start - placed[first].start >= _LEAST_CUT else number
            parts.append((first, cut))
            first = cut
        said = text[piece.at : piece.to]
        if _PAUSE.search(said):
            pause = number + 1
        if number == len(placed) - 1 or (_SENTENCE_END.search(said) and not _ABBREVIATION.search(said)):
            parts.append((first, number + 1))
            first = number + 1
            sentences += 1
    return parts, sentences


def _compression(text: str) -> float:
    """About what gzip makes of a text, the same everywhere: near 1.2 for a sentence, above 2.4 where it repeats itself."""
    different = len({text[at : at + 3] for at in range(len(text))})
    return round(len(text.encode()) / (0.72 * different + 8), 7)


def subtitles(segments: list[Segment], form: Literal["srt", "vtt"]) -> str:
    """Segments as SubRip or WebVTT, laid out as Whisper writes them."""
    # doc: openai/whisper, utils.py: blank lines, the broken arrow; guess: hours in both, as users quote them from the API
    mark = "," if form == "srt" else "."
    told = [] if form == "srt" else ["WEBVTT\n\n"]
    for number, segment in enumerate(segments, 1):
        head = f"{number}\n" if form == "srt" else ""
        text = segment.text.strip().replace("-->", "->")
        told.append(f"{head}{_clock(segment.start, mark)} --> {_clock(segment.end, mark)}\n{text}\n\n")
    return "".join(told)


def _clock(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}{mark}{whole % 1000:03}"
