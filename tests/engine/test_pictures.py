"""The simulated image model, judged by Pillow: sizes, modes, formats, alpha, what a mask protects, what tells pictures apart."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from mockapi import catalogue
from mockapi.engine import pictures
from mockapi.engine.pictures import Background, Form, PictureFault, shapes, words
from mockapi.engine.pictures.words import Item, legible, scene
from mockapi.seed import Seed, Stream

RED, BLUE = (220, 38, 38), (37, 99, 225)
FORMS: tuple[Form, ...] = ("png", "jpeg", "webp", "gif")
PHOTO = ImageChops.add(Image.linear_gradient("L").rotate(90), Image.radial_gradient("L")).convert("RGB")
TEXTS = st.text(st.characters(codec=None), max_size=60)


def stream(name: bytes = b"pictures") -> Stream:
    return Seed("test").stream(name)


def draw(prompt: str, width: int = 256, height: int = 256, background: Background = "opaque", vivid: bool = False) -> Image.Image:
    return pictures.draw(prompt, width, height, stream(), background=background, vivid=vivid)


def saved(image: Image.Image, form: str = "PNG", **settings: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **settings)
    return out.getvalue()


def mask(box: tuple[int, int, int, int], size: tuple[int, int] = (256, 256)) -> bytes:
    """Transparent in a box (left, top, right, bottom; edges included)."""
    image = Image.new("RGBA", size, (9, 9, 9, 255))
    ImageDraw.Draw(image).rectangle(box, (0, 0, 0, 0))
    return saved(image)


def distance(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3


def test_pillow_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, mockapi.engine.pictures; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_same_arguments_give_the_same_pixels_in_any_process() -> None:
    program = (
        "import zlib; from mockapi.engine import pictures; from mockapi.seed import Seed;"
        "s = Seed('test').stream(b'pictures');"
        "print(zlib.crc32(pictures.draw('two cats at night', 256, 256, s, background='opaque').tobytes()))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    ]
    assert [int(run) for run in runs] == [zlib.crc32(draw("two cats at night").tobytes())] * 2


@pytest.mark.parametrize("size", [(1024, 1024), (1024, 1536), (1536, 864), (256, 256), (16, 16), (1, 1), (64, 3)])
@pytest.mark.parametrize(("background", "mode"), [("auto", "RGB"), ("opaque", "RGB"), ("transparent", "RGBA")])
def test_a_picture_has_the_size_and_the_background_asked_for(size: tuple[int, int], background: Background, mode: str) -> None:
    image = draw("a red house by the sea", *size, background=background)
    assert (image.size, image.mode) == (size, mode)


def test_a_transparent_background_is_transparent_in_the_corners_and_not_in_the_middle() -> None:
    image = draw("a red circle", background="transparent")
    assert [image.getpixel(at) for at in ((0, 0), (255, 0), (0, 255), (255, 255))] == [(0, 0, 0, 0)] * 4
    assert image.getpixel((128, 120)) == (*RED, 255)


@pytest.mark.parametrize(
    ("prompt", "colour"), [("A red circle", RED), ("please draw one blue square", BLUE), ("a square that is blue", BLUE)]
)
@pytest.mark.parametrize("vivid", [False, True])
def test_colours_that_are_named_are_used(prompt: str, colour: tuple[int, int, int], vivid: bool) -> None:
    image = draw(prompt, vivid=vivid)
    assert image.getpixel((128, 120)) == colour


@pytest.mark.parametrize(
    ("prompt", "items"),
    [
        ("a red circle and a blue square", [("circle", RED), ("square", BLUE)]),
        ("two blue triangles", [("triangle", BLUE), ("triangle", BLUE)]),
        ("a red car next to a house", [("car", RED), ("house", None)]),
        ("red leaves on a tree", [("tree", None)]),
        ("puppies, kitties and boxes", [("dog", None), ("cat", None), ("square", None)]),
        ("a sea otter", [("bear", (128, 80, 45))]),
        ("a tree by the sea", [("tree", None), ("sea", None)]),
        ("ein Bild", []),
        ("🐱", [("cat", None)]),
    ],
)
def test_shapes_and_their_colours_are_found_in_the_words(prompt: str, items: list[tuple[str, Any]]) -> None:
    assert [(item.shape, item.colour) for item in scene(prompt).items] == items


def test_numbers_and_sizes_are_found_and_bounded() -> None:
    assert scene("three tiny stars").items == [Item("star", None, 0.5)] * 3
    assert len(scene("five cats, five dogs, six birds " * 40).items) == 6


def test_every_shape_that_has_a_word_is_drawn_and_unlike_the_others() -> None:
    drawn = {shape: shapes.stamp(shape, 64, RED) for shape in words.SHAPES}
    assert all(image.size == (64, 64) and image.getchannel("A").getextrema() == (0, 255) for image in drawn.values())
    assert len({image.tobytes() for image in drawn.values()}) == len(drawn)
    assert all([item.shape for item in scene(f"one {shape}").items] == [shape] for shape in drawn)


def test_prompts_and_seeds_tell_pictures_apart() -> None:
    prompts = ["A quiet report cover", "A loud report cover", "Something else", "x", ""]
    drawn = [draw(prompt) for prompt in prompts]
    assert all(distance(one, other) > 2 for at, one in enumerate(drawn) for other in drawn[:at])
    other = pictures.draw("x", 256, 256, stream(b"other"), background="opaque")
    assert distance(drawn[3], other) > 2
    assert distance(draw("A quiet report cover", vivid=True), drawn[0]) > 2


def test_the_words_are_on_a_plate_in_dark_on_light() -> None:
    image = draw("Hello", 512, 512).convert("L").crop((40, 450, 472, 500))
    darkest, lightest = image.getextrema()
    assert isinstance(darkest, int) and darkest < 60
    assert isinstance(lightest, int) and lightest > 225


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve  café\n№ 5", "naive cafe No 5"),
        ("Красный дом", "Krasnyy dom"),
        ("猫 and 🐱", "732B and [cat face]"),
        ("ねこ", "neko"),
        ("“fine” – 5 €", "“fine” - 5 EUR"),
        ("\ud800\x00\u200b", ""),
    ],
)
def test_characters_that_the_font_lacks_are_spelled_or_dropped(text: str, shown: str) -> None:
    assert legible(text, 100) == shown


@given(TEXTS, st.integers(1, 300), st.integers(1, 300), st.sampled_from(["auto", "opaque", "transparent"]))
@settings(max_examples=150, deadline=None)
def test_any_prompt_can_be_drawn(prompt: str, width: int, height: int, background: Background) -> None:
    image = draw(prompt, width, height, background)
    assert image.size == (width, height)
    assert legible(legible(prompt, 100), 100) == legible(prompt, 100)


def test_a_long_prompt_is_cut_and_drawn() -> None:
    assert draw("word " * 6400, 256, 256).size == (256, 256)
    assert draw("W" * 32_000, 64, 64).size == (64, 64)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("background", ["opaque", "transparent"])
def test_what_is_encoded_is_read_back(form: Form, background: Background) -> None:
    image = draw("a green tree", 120, 90, background)
    facts = pictures.read(pictures.encode(image, form))
    assert (facts.form, facts.width, facts.height) == (form, 120, 90)
    assert facts.has_alpha is (background == "transparent" and form != "jpeg")


def test_png_keeps_every_pixel_and_jpeg_is_on_white() -> None:
    image = draw("a red circle", background="transparent")
    assert pictures.open_picture(pictures.encode(image, "png")).tobytes() == image.tobytes()
    corner = pictures.open_picture(pictures.encode(image, "jpeg")).getpixel((0, 0))
    assert corner == (255, 255, 255)


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_less_compression_value_is_a_smaller_file(form: Form) -> None:
    image = PHOTO.rotate(30)
    sizes = [len(pictures.encode(image, form, value)) for value in (0, 25, 50, 75, 100)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 2


@pytest.mark.parametrize(
    ("data", "mode", "has_alpha"),
    [
        (saved(PHOTO.convert("1")), "1", False),
        (saved(PHOTO.convert("L")), "L", False),
        (saved(PHOTO.convert("LA")), "LA", True),
        (saved(PHOTO.quantize(8), transparency=0), "P", True),
        (saved(PHOTO.convert("I;16"), transparency=3), "I;16", True),
        (saved(PHOTO.convert("CMYK"), "JPEG"), "CMYK", False),
        (saved(PHOTO, "JPEG", progressive=True), "RGB", False),
        (saved(PHOTO, "WEBP"), "RGB", False),
        (saved(PHOTO, "GIF", save_all=True, append_images=[PHOTO.rotate(90)]), "P", False),
    ],
)
def test_pictures_of_every_mode_are_read_and_edited(data: bytes, mode: str, has_alpha: bool) -> None:
    facts = pictures.read(data)
    assert (facts.width, facts.height, facts.mode, facts.has_alpha) == (256, 256, mode, has_alpha)
    assert pictures.edit([data], None, "more of it", 100, 80, stream(), "auto").size == (100, 80)
    assert pictures.vary(data, 64, 64, stream(), 0).size == (64, 64)


@pytest.mark.parametrize("data", [b"", b"BM" + bytes(60), b"nonsense", b"%PDF-1.7", saved(PHOTO, "TIFF"), saved(PHOTO, "BMP")])
def test_what_is_no_picture_of_these_formats_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(PictureFault) as caught:
        pictures.read(data)
    assert caught.value.reason == "format"


@pytest.mark.parametrize("form", FORMS)
def test_a_truncated_picture_is_damaged(form: Form) -> None:
    data = pictures.encode(PHOTO, form)
    for kept in (16, 40, len(data) // 3, len(data) // 2, len(data) - 40, len(data) - 12):
        with pytest.raises(PictureFault) as caught:
            pictures.read(data[:kept])
        assert caught.value.reason == "damaged"


def _huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000), (65_000, 800)])
def test_a_decompression_bomb_is_refused_unopened(size: tuple[int, int]) -> None:
    with pytest.raises(PictureFault) as caught:
        pictures.read(_huge_png(*size))
    assert caught.value.reason == "too_large"


def test_a_small_gif_with_a_huge_frame_is_refused() -> None:
    data = bytearray(saved(PHOTO, "GIF"))
    at = data.index(b",\x00\x00\x00\x00\x00\x01\x00\x01")
    data[at + 5 : at + 9] = (60_000).to_bytes(2, "little") * 2
    with pytest.raises(PictureFault):
        pictures.read(bytes(data))


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = saved(PHOTO, "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(PictureFault):
        pictures.read(data[:last] + data[last:-2] * 1000 + data[-2:])


_HEADS = [
    b"",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10",
    b"GIF89a\x10\x00\x10\x00",
    b"RIFF\x40\x00\x00\x00WEBP",
    b"\xff\xd8\xff",
]


@given(st.sampled_from(_HEADS), st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_picture_or_a_fault(head: bytes, tail: bytes) -> None:
    try:
        facts = pictures.read(head + tail)
    except PictureFault:
        return
    assert facts.width * facts.height <= 50_000_000


@given(st.sampled_from([saved(PHOTO.resize((24, 24)), form.upper()) for form in FORMS]), st.data())
@settings(max_examples=300, deadline=None)
def test_any_damage_to_a_picture_is_survived(data: bytes, more: st.DataObject) -> None:
    changed = bytearray(data)
    for _ in range(more.draw(st.integers(1, 6))):
        changed[more.draw(st.integers(0, len(data) - 1))] = more.draw(st.integers(0, 255))
    try:
        image = pictures.edit([bytes(changed)], bytes(changed), "a star", 32, 32, stream(), "auto")
    except PictureFault:
        return
    assert image.size == (32, 32)


@pytest.mark.parametrize("source", [PHOTO, draw("a tree", background="transparent")], ids=["opaque", "transparent"])
def test_an_edit_changes_what_the_mask_leaves_open_and_nothing_else(source: Image.Image) -> None:
    image = pictures.edit([saved(source)], mask((60, 60, 180, 160)), "a red circle", 256, 256, stream(), "auto")
    assert (image.mode, image.size) == (source.mode, source.size)
    changed = ImageChops.difference(image.convert("RGB"), source.convert("RGB"))
    inside = changed.crop((60, 60, 181, 161))
    assert sum(ImageStat.Stat(inside).mean) > 20
    for channel, kept in zip(image.split(), source.split(), strict=True):
        difference = ImageChops.difference(channel, kept)
        difference.paste(0, (60, 60, 181, 161))
        assert difference.getbbox() is None


def test_an_edit_with_a_mask_without_transparency_is_the_source() -> None:
    whole = saved(Image.new("RGBA", (256, 256), (0, 0, 0, 1)))
    for closed in (saved(PHOTO), whole):
        assert pictures.edit([saved(PHOTO)], closed, "a cat", 256, 256, stream(), "auto").tobytes() == PHOTO.tobytes()


def test_a_mask_is_fitted_with_its_source() -> None:
    image = pictures.edit([saved(PHOTO)], mask((0, 0, 127, 255)), "a cat", 512, 512, stream(), "auto")
    other = PHOTO.resize((512, 512), Image.Resampling.BILINEAR)
    assert distance(image.crop((256, 0, 512, 512)), other.crop((256, 0, 512, 512))) == 0
    assert distance(image.crop((0, 0, 256, 512)), other.crop((0, 0, 256, 512))) > 10


def test_an_edit_without_a_mask_shows_the_source_under_a_tint_and_the_prompt() -> None:
    image = pictures.edit([saved(PHOTO)], None, "in blue", 256, 256, stream(), "auto")
    assert 2 < distance(image, PHOTO) < 90
    assert distance(image, pictures.edit([saved(PHOTO)], None, "in red", 256, 256, stream(), "auto")) > 5


def test_several_sources_stand_side_by_side() -> None:
    colours = [(250, 0, 0), (0, 250, 0)]
    sources = [saved(Image.new("RGB", (50, 50), colour)) for colour in colours]
    image = pictures.edit(sources, None, "both", 300, 150, stream(), "auto")
    left, right = image.getpixel((60, 30)), image.getpixel((240, 30))
    assert isinstance(left, tuple) and left[0] > 150 > left[1]
    assert isinstance(right, tuple) and right[1] > 150 > right[0]
    many = [saved(PHOTO)] * 16
    assert pictures.edit(many, None, "all", 97, 31, stream(), "transparent").mode == "RGBA"


def test_the_background_of_an_edit() -> None:
    clear = saved(Image.new("RGBA", (64, 64)))
    hole = mask((10, 10, 40, 40), (64, 64))
    assert pictures.edit([clear], hole, "a star", 64, 64, stream(), "opaque").getpixel((0, 0)) == (255, 255, 255)
    assert pictures.edit([clear], hole, "a star", 64, 64, stream(), "auto").getpixel((0, 0)) == (0, 0, 0, 0)
    cut = pictures.edit([saved(PHOTO)], mask((0, 0, 100, 100)), "a star", 256, 256, stream(), "transparent")
    assert cut.getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_fault_in_any_part_of_an_edit_is_told() -> None:
    good = saved(PHOTO)
    for sources, shape in (([b"x"], None), ([good, b"x"], None), ([good, b"x"], mask((0, 0, 9, 9))), ([good], b"x")):
        with pytest.raises(PictureFault):
            pictures.edit(sources, shape, "", 64, 64, stream(), "auto")


@pytest.mark.parametrize(
    "source", [PHOTO, Image.new("L", (64, 64)), Image.new("RGB", (64, 64), (255, 255, 255))], ids=["photo", "black", "white"]
)
def test_every_variation_is_another(source: Image.Image) -> None:
    varied = [pictures.vary(saved(source), 64, 64, stream(), number) for number in range(10)]
    assert len({image.tobytes() for image in varied}) == 10
    assert varied[3].tobytes() == pictures.vary(saved(source), 64, 64, stream(), 3).tobytes()


def test_a_variation_keeps_what_is_transparent() -> None:
    image = pictures.vary(saved(draw("a cat", background="transparent")), 128, 128, stream(), 1)
    assert image.mode == "RGBA"
    assert image.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("background", ["opaque", "transparent"])
def test_partial_images_come_closer(steps: int, background: Background) -> None:
    image = draw("a cat in a house", 512, 384, background)
    shown = [pictures.partial(image, step, steps) for step in range(steps + 1)]
    assert {(part.size, part.mode) for part in shown} == {(image.size, image.mode)}
    apart = [distance(part, image) for part in shown]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] == 0 < apart[-2]


def _rules(model: str) -> dict[str, Any]:
    card = catalogue.card(model)
    assert card is not None
    return card.rules


@pytest.mark.parametrize(
    ("model", "quality", "size", "tokens"),
    [
        ("gpt-image-1", "low", (1024, 1024), 272),
        ("gpt-image-1", "medium", (1024, 1536), 1584),
        ("gpt-image-1", "high", (1536, 1024), 6208),
        ("gpt-image-1", "auto", (1024, 1024), 4160),
        ("gpt-image-1-mini", "high", (1024, 1024), 4160),
        ("gpt-image-1.5", "low", (1024, 1536), 408),
        ("gpt-image-2", "low", (1536, 864), 120),
        ("gpt-image-2", "high", (1024, 1024), 7024),
        ("gpt-image-2", "high", (1792, 1024), 5063),
        ("gpt-image-2-2026-04-21", "high", (1024, 1536), 5488),
        ("gpt-image-2", "high", (3584, 2048), 12329),
        ("dall-e-3", "hd", (1024, 1024), 0),
    ],
)
def test_output_tokens(model: str, quality: str, size: tuple[int, int], tokens: int) -> None:
    assert pictures.output_tokens(_rules(model), quality, *size) == tokens
    assert pictures.output_tokens(_rules(model), quality, *size, partials=3) == (tokens and tokens + 300)


@pytest.mark.parametrize(
    ("model", "size", "fidelity", "tokens"),
    [
        ("gpt-image-1", (512, 512), None, 65 + 129),
        ("gpt-image-1", (1024, 1536), "low", 65 + 2 * 129),
        ("gpt-image-1", (1024, 1024), "high", 65 + 129 + 4160),
        ("gpt-image-1", (1536, 1024), "high", 65 + 2 * 129 + 6240),
        ("gpt-image-2", (512, 512), None, 65 + 129 + 4160),
        ("dall-e-2", (512, 512), None, 0),
    ],
)
def test_input_tokens(model: str, size: tuple[int, int], fidelity: str | None, tokens: int) -> None:
    assert pictures.input_tokens(_rules(model), *size, fidelity) == tokens


def test_every_image_model_says_what_it_takes() -> None:
    for model in ("gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "dall-e-2", "dall-e-3"):
        rule = _rules(model)["images"]
        assert "prompt" in rule["parameters"] and "model" in rule["parameters"]
        assert 1 <= rule["max_n"] <= 10 and rule["max_prompt"] >= 1000
        assert rule["auto_size"] in rule["sizes"]
        assert rule["auto_quality"] in (rule["qualities"] or ["standard"])
        assert set(rule["formats"]) <= {"png", "jpeg", "webp"}
