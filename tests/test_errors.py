"""The tree of errors, and which failure becomes which of them."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import get_args

import pytest

import ipygenesys
from ipygenesys import errors
from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys.errors import DeliveryFailed, GenesysError, error_from

KINDS: tuple[FailureKind, ...] = get_args(FailureKind)
EXPECTED = {
    "authentication": errors.AuthenticationError,
    "credentials": errors.AuthenticationError,
    "permission": errors.PermissionDenied,
    "not_found": errors.NotFound,
    "unsupported": errors.ProtocolError,
    "rate_limited": errors.RateLimited,
    "rejected": errors.ProtocolError,
    "unavailable": errors.ConnectionFailed,
    "unreachable": errors.ConnectionFailed,
    "lost": errors.ConnectionFailed,
    "protocol": errors.ProtocolError,
    "cancelled": GenesysError,
}
CLASSES = [
    value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, GenesysError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_failure_is_an_error_with_all_that_is_known(kind: FailureKind) -> None:
    failure = Failure(
        kind=kind, message="words", status=418, code="c", correlation_id="id-1", retry_after_s=2.5
    )

    error = error_from(failure)

    assert type(error) is EXPECTED[kind]
    assert str(error) == "words (correlation id id-1)"
    assert (error.status, error.code, error.correlation_id, error.retry_after) == (418, "c", "id-1", 2.5)


def test_a_class_may_be_chosen() -> None:
    assert type(error_from(Failure(kind="lost", message="m"), DeliveryFailed)) is DeliveryFailed


def test_the_tree_is_the_one_in_the_docstring() -> None:
    assert errors.__doc__
    drawn = [line.split("── ")[1].split()[0] for line in errors.__doc__.splitlines() if "── " in line]
    children = [class_.__name__ for class_ in CLASSES if class_ is not GenesysError]

    assert drawn == children
    assert all(class_.__base__ is GenesysError for class_ in CLASSES if class_ is not GenesysError)
    assert GenesysError.__base__ is Exception


def test_all_of_them_are_public_and_documented() -> None:
    for class_ in CLASSES:
        assert getattr(ipygenesys, class_.__name__) is class_
        assert class_.__doc__


@pytest.mark.parametrize("class_", CLASSES)
def test_they_survive_pickling_and_copying(class_: type[GenesysError]) -> None:
    error = class_("words", status=429, code="c", correlation_id="id-1", retry_after=1.0)

    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is class_
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_without_a_correlation_id_the_words_stand_alone() -> None:
    assert str(GenesysError("words")) == "words"
