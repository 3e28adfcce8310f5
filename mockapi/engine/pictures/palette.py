"""The colours of a picture: from the prompt's words where it names some, else from the seed."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

from mockapi.engine.pictures.words import Colour, Scene, scene
from mockapi.seed import Stream, label

# Sky above, sky at the horizon, ground; as hue, lightness, saturation. A hue of None is the seed's.
_MOODS: dict[str, tuple[tuple[float | None, float, float], ...]] = {
    "day": ((None, 0.72, 0.62), (None, 0.93, 0.6), (None, 0.62, 0.32)),
    "night": ((0.65, 0.12, 0.5), (0.68, 0.34, 0.42), (0.62, 0.13, 0.35)),
    "sunset": ((0.74, 0.46, 0.4), (0.07, 0.72, 0.85), (0.83, 0.26, 0.22)),
    "snow": ((0.57, 0.76, 0.45), (0.55, 0.92, 0.5), (0.57, 0.95, 0.3)),
    "sand": ((0.55, 0.72, 0.6), (0.12, 0.92, 0.7), (0.11, 0.72, 0.5)),
    "storm": ((0.6, 0.42, 0.14), (0.58, 0.72, 0.14), (0.33, 0.38, 0.16)),
}
_PALETTE = label("palette")


@dataclass(frozen=True)
class Palette:
    """The colours of one picture."""

    above: Colour
    horizon: Colour
    ground: Colour
    accents: tuple[Colour, ...]


def _colour(hue: float, lightness: float, saturation: float) -> Colour:
    red, green, blue = (round(part * 255) for part in hls_to_rgb(hue % 1.0, min(1.0, lightness), min(1.0, saturation)))
    return red, green, blue


def palette(prompt: str, seen: Scene, stream: Stream, vivid: bool = False) -> Palette:
    """Colours that follow from prompt and stream; from the first colour named, where nothing is there to wear it. `vivid` is stronger."""
    own = stream.child(label(prompt)).child(_PALETTE)
    hue = own.unit()
    if seen.colours and not seen.items:
        hue, _, _ = rgb_to_hls(*(part / 255 for part in seen.colours[0]))
    strength, darker = (1.5, 0.1) if vivid else (1.0, 0.0)
    land = hue + own.choice((0.33, 0.42, 0.5, 0.58))
    above, horizon, ground = _MOODS[seen.mood]
    return Palette(
        above=_colour(hue if above[0] is None else above[0], above[1] - darker, above[2] * strength),
        horizon=_colour(hue + 0.06 if horizon[0] is None else horizon[0], horizon[1] - darker / 2, horizon[2] * strength),
        ground=_colour(land if ground[0] is None else ground[0], ground[1] - darker, ground[2] * strength),
        accents=tuple(_colour(hue + 0.5 + step * 0.19, 0.52 - darker / 2, 0.62 * strength) for step in range(5)),
    )


def tint(prompt: str, stream: Stream) -> Colour:
    """The colour a prompt gives to what it changes."""
    seen = scene(prompt)
    return seen.colours[0] if seen.colours else palette(prompt, seen, stream).accents[0]
