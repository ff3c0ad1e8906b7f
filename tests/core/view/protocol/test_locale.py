"""Which locales a view can be asked for, and how a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.view.protocol.locale import LANGUAGES, SpokenLocale, browsers_locale, view_locale


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


@pytest.mark.parametrize(
    ("languages", "locale"),
    [
        ((), "en"),
        (("pt-BR", "fr-CA", "de"), "fr-CA"),
        (("DE-ch-1996",), "de-CH"),
        (("ja-Jpan-JP", "en"), "ja-JP"),
        (("de-1996",), "de"),
        (("en-u-hc-h12",), "en"),
        (("es-419",), "es-419"),
        (("german", "", "de_DE", "\ud800", "x-de", "es"), "es"),
        (("pt", "zh-Hans-CN"), "en"),
    ],
)
def test_a_page_is_spoken_to_in_the_first_of_its_languages_that_there_are_words_for(
    languages: tuple[str, ...], locale: str
) -> None:
    assert browsers_locale(languages) == locale


WORDS = {"de": {"send": "Senden"}, "fr": {"send": "Envoyer"}}


def test_each_page_has_its_language_and_a_saved_copy_that_of_the_last() -> None:
    spoken = SpokenLocale(words=WORDS)
    assert spoken.latest == "en"
    assert [spoken.choose(["fr-CA"]), spoken.choose(["de"])] == ["fr-CA", "de"]
    assert spoken.latest == "de"
    assert [spoken.words(each) for each in ("fr-CA", "de", "en-GB")] == [WORDS["fr"], WORDS["de"], None]


def test_the_notebooks_choice_is_for_all_pages() -> None:
    spoken = SpokenLocale("de-AT", WORDS)
    assert [spoken.latest, spoken.choose(["fr"]), spoken.latest] == ["de-AT"] * 3
    assert SpokenLocale("de").words("de") is None
