"""The simulated video model: clips drawn from prompts (`shots`), put into MP4 files (`mp4`), and such files measured (`reading`).

The same arguments give the same bytes in any process. Its modules and Pillow are imported at the first use, not at the server's start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockapi import lazily

if TYPE_CHECKING:
    from mockapi.engine.film.reading import Facts, FilmFault, read
    from mockapi.engine.film.shots import VARIANTS, Shot, clip, spritesheet, thumbnail

__all__ = ["VARIANTS", "Facts", "FilmFault", "Shot", "clip", "read", "spritesheet", "thumbnail"]

__getattr__ = lazily.names(
    __name__,
    {
        **dict.fromkeys(("Facts", "FilmFault", "read"), "reading"),
        **dict.fromkeys(("VARIANTS", "Shot", "clip", "spritesheet", "thumbnail"), "shots"),
    },
)
