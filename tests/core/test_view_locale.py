"""Which locales a view can be asked for, and how a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.view_locale import LANGUAGES, view_locale


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("de", "de"),
        ("EN", "en"),
        ("en-gb", "en-GB"),
        ("es_MX", "es-MX"),
        ("es-419", "es-419"),
        ("ja-JP", "ja-JP"),
    ],
)
def test_a_locale_is_a_language_with_or_without_a_region(asked: str, tag: str) -> None:
    assert view_locale(asked) == tag


@pytest.mark.parametrize(
    "asked", ["", "pt", "xx-US", "german", "de-", "de-Latn-DE-x", "de_DE.UTF-8", "../de", 7]
)
def test_another_locale_is_refused_with_the_languages_that_there_are(asked: Any) -> None:
    with pytest.raises(ValueError, match="The view speaks") as refused:
        view_locale(asked)
    assert all(name in str(refused.value) for name in LANGUAGES.values())
