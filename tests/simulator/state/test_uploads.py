"""Files: which may come, until when, and what is wrong with them, on a made-up clock."""

from __future__ import annotations

import itertools

import pytest

from ipygenesys.simulator.state.guest_errors import GuestError, UploadRefused
from ipygenesys.simulator.state.organisation import Deployment
from ipygenesys.simulator.state.uploads import HARMFUL, Upload, Uploads

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def uploads() -> Uploads:
    numbers = itertools.count(1)
    return Uploads(lambda: 600, lambda: f"secret{next(numbers)}")


def file(name: str = "a.png", mime: str = "image/png", size: int = 16, file_id: str = "A") -> Upload:
    return Upload(file_id, name, mime, size, session_token="t", signature="", expires_at=0)


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (file(mime="video/mp4"), 4001),
        (file(name="run.exe"), 4001),
        (file(size=10240 * 1024 + 1), 4002),
        (file(size=0), 4102),
        (file(name=""), 4004),
        (file(name="a/b.png"), 4004),
        (file(name="notes"), 4004),
        (file(name=".png"), 4004),
        (file(name="x" * 1020 + ".png"), 4005),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_a_file_is_refused_before_its_upload(upload: Upload, code: int) -> None:
    with pytest.raises(UploadRefused) as caught:
        uploads().announce(upload, Deployment(), 0)
    assert (caught.value.code, caught.value.attachment_id) == (code, "A")


def test_no_types_means_no_uploads_and_a_star_means_all() -> None:
    with pytest.raises(UploadRefused) as caught:
        uploads().announce(file(), Deployment(file_types=()), 0)
    assert caught.value.code == 4000
    for types in (("*/*",), ("image/*",)):
        assert uploads().announce(file(), Deployment(file_types=types), 0).signature


@pytest.mark.parametrize(
    ("content", "code"), [(b"", 4102), (b"no picture", 4003), (PNG + HARMFUL, 4003), (PNG + bytes(100), 4002)]
)
def test_bytes_are_looked_at(content: bytes, code: int) -> None:
    u = uploads()
    upload = u.announce(file(), Deployment(), 0)
    error = u.store(upload, content, max_bytes=100)
    assert error is not None
    assert (error.code, upload.state) == (code, "refused")


def test_a_file_goes_out_with_a_message_once_it_is_there_and_fresh() -> None:
    u = uploads()
    upload = u.announce(file(), Deployment(), 0)
    with pytest.raises(GuestError) as caught:
        u.take("A", 1, "http://h")
    assert caught.value.code == 4010
    assert u.store(upload, PNG, 100) is None
    with pytest.raises(GuestError) as caught:
        u.take("A", 600, "http://h")
    assert caught.value.code == 4008
    taken = u.take("A", 1, "http://h")
    assert (taken["name"], taken["media_type"], taken["size"]) == ("a.png", "image/png", len(PNG))
    assert u.take("A", 601, "http://h")["id"] == "A"
    with pytest.raises(GuestError) as caught:
        u.take("B", 1, "http://h")
    assert caught.value.code == 4009


def test_an_address_expires_and_is_refreshed() -> None:
    u = uploads()
    upload = u.announce(file(), Deployment(), 0)
    first = upload.signature
    assert u.signed("A", first, 599) is upload
    assert u.signed("A", first, 600) is None
    assert u.signed("A", "wrong", 1) is None
    with pytest.raises(GuestError):
        u.refresh("A", 1)
    u.store(upload, PNG, 100)
    u.refresh("A", 700)
    assert u.signed("A", first, 701) is None
    assert u.signed("A", upload.signature, 1299) is upload


def test_a_deleted_file_is_not_found() -> None:
    u = uploads()
    u.announce(file(), Deployment(), 0)
    u.delete("A")
    with pytest.raises(GuestError) as caught:
        u.delete("A")
    assert caught.value.code == 4009


def test_no_repr_shows_a_signature_or_the_bytes() -> None:
    u = uploads()
    upload = u.announce(file(), Deployment(), 0)
    u.store(upload, PNG, 100)
    assert upload.signature not in repr(upload)
    assert "PNG" not in repr(upload)
