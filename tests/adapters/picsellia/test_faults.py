"""The table of faults is complete, and a write in doubt is never called failed."""

from __future__ import annotations

import httpx
import pytest

from reconciler import errors
from reconciler.adapters.picsellia import faults
from reconciler.adapters.picsellia.faults import FATES, Fate
from reconciler.adapters.picsellia.reply import Reply
from tests.adapters.picsellia.mocks import READ, WRITE

EXCEPTIONS = sorted(
    (
        kind
        for kind in vars(httpx).values()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__.startswith("httpx")
    ),
    key=lambda kind: kind.__name__,
)

_MAY_HAVE_LANDED = {
    errors.Ambiguous: (
        "ReadTimeout WriteTimeout TimeoutException ReadError WriteError CloseError NetworkError RemoteProtocolError "
        "ProtocolError TransportError DecodingError TooManyRedirects RequestError HTTPError"
    ),
    errors.PlatformUnavailable: "ConnectError ConnectTimeout PoolTimeout ProxyError",
    errors.SettingsError: "UnsupportedProtocol InvalidURL",
    errors.Bug: (
        "LocalProtocolError HTTPStatusError CookieConflict StreamError StreamConsumed StreamClosed ResponseNotRead "
        "RequestNotRead"
    ),
}
WRITES = {name: kind for kind, names in _MAY_HAVE_LANDED.items() for name in names.split()}


def raised(kind: type[Exception]) -> Exception:
    try:
        return kind("boom")
    except TypeError:
        return kind.__new__(kind)


def test_there_are_exceptions_to_map() -> None:
    assert len(EXCEPTIONS) > 20


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_every_exception_of_httpx_is_in_the_table_by_name(kind: type[Exception]) -> None:
    assert kind in FATES


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_a_write_is_ambiguous_unless_it_certainly_was_not_sent(kind: type[Exception]) -> None:
    assert type(faults.of_exception(WRITE, raised(kind))) is WRITES[kind.__name__]


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_a_read_is_never_ambiguous(kind: type[Exception]) -> None:
    fault = faults.of_exception(READ, raised(kind))
    assert not isinstance(fault, errors.Ambiguous)
    assert isinstance(fault, errors.PlatformError) is (FATES[kind][0] not in (Fate.OURS, Fate.MISADDRESSED))


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_an_exception_nobody_foresaw_is_mapped_too(request_: faults.Request) -> None:
    fault = faults.of_exception(request_, ZeroDivisionError("inside"))
    assert isinstance(fault, errors.Ambiguous if request_ is WRITE else errors.UnexpectedReply)
    assert "ZeroDivisionError" in fault.message
    assert "inside" not in str(fault)


def test_a_subclass_inherits_the_fate_of_its_parent() -> None:
    class Odd(httpx.ConnectTimeout):
        """Not in the table."""

    assert type(faults.of_exception(WRITE, Odd("x"))) is errors.PlatformUnavailable


DEFINITE = {
    401: errors.NotAuthenticated,
    403: errors.NotPermitted,
    404: errors.NotFound,
    407: errors.PlatformUnavailable,
    409: errors.Conflict,
    429: errors.Throttled,
}


@pytest.mark.parametrize("status", range(400, 600))
def test_every_error_status_has_its_class_for_a_write(status: int) -> None:
    expected = DEFINITE.get(status, errors.Rejected if status < 500 else errors.Ambiguous)
    assert type(faults.of_status(Reply(WRITE, status), "why")) is expected


@pytest.mark.parametrize("status", range(400, 600))
def test_every_error_status_has_its_class_for_a_read(status: int) -> None:
    expected = DEFINITE.get(status, errors.Rejected if status < 500 else errors.PlatformUnavailable)
    assert type(faults.of_status(Reply(READ, status), "why")) is expected


@pytest.mark.parametrize("status", [300, 304, 399])
def test_a_redirect_that_leads_nowhere_is_not_success(status: int) -> None:
    assert type(faults.of_status(Reply(READ, status), "")) is errors.UnexpectedReply
    assert type(faults.of_status(Reply(WRITE, status), "")) is errors.Ambiguous


def test_already_reported_is_a_conflict_as_the_sdk_has_it() -> None:
    assert not Reply(WRITE, 208).is_success
    assert type(faults.of_status(Reply(WRITE, 208), "")) is errors.Conflict


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 418, 422, 423, 429, 500, 503])
def test_an_error_names_purpose_place_words_status_and_next_step(status: int) -> None:
    fault = faults.of_status(Reply(WRITE, status), "the reason")
    assert "cannot change thing 7: the reason" in fault.message
    assert str(status) in fault.message
    assert "POST /api/thing/7" in str(fault)
    assert fault.hint
    assert fault.hint.endswith(".")


def test_a_rejection_keeps_its_status_and_a_throttle_its_pause() -> None:
    rejected = faults.of_status(Reply(WRITE, 423), "")
    throttled = faults.of_status(Reply(WRITE, 429, retry_after=7.0), "")
    assert isinstance(rejected, errors.Rejected)
    assert isinstance(throttled, errors.Throttled)
    assert (rejected.status, throttled.retry_after) == (423, 7.0)


def test_a_refused_connection_tells_its_own_reason() -> None:
    assert "Connection refused" in faults.of_exception(READ, httpx.ConnectError("Connection refused")).message
