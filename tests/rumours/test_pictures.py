from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from PIL import Image

from hub.kernel.errors import InvalidInput
from hub.rumours import picture_files, pictures
from tests.rumours.uploads import PLACE, enormous_png, jpeg_with_place, png_with_words


@pytest.mark.parametrize(
    ("uploaded", "size"), [(jpeg_with_place(), (40, 60)), (png_with_words(), (30, 20))], ids=["jpeg", "png"]
)
def test_only_pixels_go_on_the_right_way_up(uploaded, size):
    made = pictures.clean(uploaded)
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("JPEG", size)
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(left in made for left in (PLACE, b"Marie", b"Exif", b"hidden", b"ICC_PROFILE"))


def test_what_was_transparent_is_white_and_what_is_large_is_made_smaller():
    with Image.open(io.BytesIO(pictures.clean(png_with_words()))) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)
    with Image.open(io.BytesIO(pictures.clean(jpeg_with_place((4000, 1000))))) as picture:
        assert picture.size == (512, 2048)


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.jpg", bytes(20_000_000))
    return made.getvalue()


@pytest.mark.parametrize(
    "uploaded",
    [
        enormous_png(20_000, 10_000),
        enormous_png(9000, 9000),
        archive(),
        gzip.compress(bytes(20_000_000)),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        jpeg_with_place()[:200],
        b"\xff\xd8\xff" + bytes(500),
        bytes(pictures.LARGEST_BYTES + 1),
    ],
    ids=["200 megapixels", "81 megapixels", "zip", "gzip", "svg", "gif", "pdf", "cut off", "forged", "large"],
)
def test_what_is_no_picture_or_too_much_is_refused_at_its_field(uploaded):
    with pytest.raises(InvalidInput, match="picture"):
        pictures.clean(uploaded)


def test_a_picture_is_kept_once_found_by_its_name_only_and_swept_when_no_report_names_it(tmp_path):
    made = pictures.clean(jpeg_with_place())
    name = picture_files.keep(tmp_path, made)
    assert picture_files.keep(tmp_path, made) == name
    path = picture_files.path_of(tmp_path, name)
    assert path.read_bytes() == made
    assert list(path.parent.iterdir()) == [path]
    for other in ("../secret_key", "", "0" * 64 + ".jpg", name.upper()):
        assert picture_files.path_of(tmp_path, other) is None
    later = path.stat().st_mtime + 1
    assert picture_files.sweep(tmp_path, {name}, later) == 0
    assert picture_files.sweep(tmp_path, set(), path.stat().st_mtime - 1) == 0
    assert picture_files.sweep(tmp_path, set(), later) == 1
    assert picture_files.sweep(tmp_path / "nowhere", set(), later) == 0
