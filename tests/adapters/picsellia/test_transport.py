"""The way to the platform: reads are repeated, writes are not; headers; counts; nothing leaks."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING

import httpx
import pytest

from reconciler import __version__, errors
from reconciler.adapters.picsellia.connect import Address, Tuning, connect
from reconciler.adapters.picsellia.request import Route
from reconciler.core.secret import Secret
from tests.adapters.picsellia.mocks import HOST, READ, TOKEN, WRITE, Script, answer, connected
from tests.fakes.clock import FakeClock, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.adapters.picsellia.reply import Reply
    from reconciler.adapters.picsellia.request import Request
    from reconciler.adapters.picsellia.transport import Counts

PATIENT = Tuning(attempts=4, retry_seconds=3600.0)


def sent(
    handler: Callable[[httpx.Request], httpx.Response], request: Request, tuning: Tuning = PATIENT
) -> tuple[Reply | errors.ReconcilerError, Counts, float]:
    """Send one request; return its reply or error, the counts, and the virtual seconds it took."""

    async def main() -> tuple[Reply | errors.ReconcilerError, Counts, float]:
        clock = FakeClock()
        async with connected(handler, tuning) as connection:
            way = connection.transport
            try:
                result: Reply | errors.ReconcilerError = await (
                    way.write(request) if request.route.is_write else way.read(request)
                )
            except errors.ReconcilerError as error:
                result = error
            return result, connection.counts, clock.monotonic()

    return run(main())


PASSING: list[httpx.Response | Exception] = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("cut off"),
    answer(429),
    answer(502),
    answer(503),
    answer(504),
]


def label(given: httpx.Response | Exception) -> str:
    return str(given.status_code) if isinstance(given, httpx.Response) else type(given).__name__


@pytest.mark.parametrize("trouble", PASSING, ids=label)
def test_a_read_is_repeated_until_trouble_passes(trouble: httpx.Response | Exception) -> None:
    script = Script(trouble, trouble, answer(200, {"ok": 1}))
    result, counts, _ = sent(script, READ)
    assert not isinstance(result, Exception)
    assert result.content == b'{"ok": 1}'
    assert (len(script.asked), counts.routes[str(READ.route)], counts.writes) == (3, 3, 0)


@pytest.mark.parametrize("trouble", PASSING, ids=label)
def test_trouble_that_does_not_pass_ends_the_tries_at_the_budget(trouble: httpx.Response | Exception) -> None:
    script = Script(trouble)
    result, counts, _ = sent(script, READ)
    expected = errors.Throttled if label(trouble) == "429" else errors.PlatformUnavailable
    assert type(result) is expected
    assert len(script.asked) == counts.routes.total() == PATIENT.attempts


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 423, 500, 501])
def test_a_definite_no_to_a_read_is_not_repeated(status: int) -> None:
    script = Script(answer(status))
    sent(script, READ)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("cut off"),
        answer(500),
        answer(502),
        answer(503),
        answer(504),
    ],
    ids=label,
)
def test_a_write_in_doubt_is_sent_once_and_called_ambiguous(trouble: httpx.Response | Exception) -> None:
    script = Script(trouble, answer(201))
    result, counts, _ = sent(script, WRITE)
    assert type(result) is errors.Ambiguous
    assert (len(script.asked), counts.writes) == (1, 1)


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full"), answer(429)],
    ids=label,
)
def test_a_write_that_certainly_did_not_happen_is_sent_again(trouble: httpx.Response | Exception) -> None:
    script = Script(trouble, trouble, answer(201))
    result, counts, _ = sent(script, WRITE)
    assert not isinstance(result, Exception)
    assert (result.status, len(script.asked), counts.writes) == (201, 3, 3)


def test_retry_after_is_honoured_before_the_next_try() -> None:
    result, _, seconds = sent(Script(answer(429, headers={"Retry-After": "17"}), answer(200)), READ)
    assert not isinstance(result, Exception)
    assert 17.0 <= seconds < 18.0


def test_a_retry_after_date_is_taken_against_the_hosts_own_clock() -> None:
    headers = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2015 07:28:09 GMT"}
    _, _, seconds = sent(Script(answer(503, headers=headers), answer(200)), READ)
    assert 9.0 <= seconds < 10.0


@pytest.mark.parametrize("text", ["soon", "-3", "Wed, 21 Oct 2015 07:28:09 GMT", "١٢", ""])
def test_a_retry_after_that_makes_no_sense_is_replaced_by_our_own_pause(text: str) -> None:
    script = Script(httpx.Response(429, headers=[(b"Retry-After", text.encode())]), answer(200))
    result, _, seconds = sent(script, READ)
    assert not isinstance(result, Exception)
    assert seconds == 0.5


def test_a_retry_after_beyond_our_patience_ends_the_tries_at_once() -> None:
    script = Script(answer(429, headers={"Retry-After": "86400"}), answer(200))
    result, _, seconds = sent(script, READ)
    assert isinstance(result, errors.Throttled)
    assert (result.retry_after, len(script.asked), seconds) == (86400.0, 1, 0.0)


@pytest.mark.parametrize(
    ("request_", "expected", "limit"),
    [(READ, errors.PlatformUnavailable, 120.0), (WRITE, errors.Ambiguous, 30.0)],
    ids=["read", "write"],
)
def test_a_request_that_takes_too_long_as_a_whole_is_ended(
    request_: Request, expected: type[Exception], limit: float
) -> None:
    async def endless(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(10_000)
        raise AssertionError

    result, _, seconds = sent(endless, request_, Tuning(attempts=1))  # type: ignore[arg-type]  # either is taken
    assert type(result) is expected
    assert seconds == limit


def test_a_transport_that_forbids_writes_sends_none_and_says_it_is_our_bug() -> None:
    script = Script(answer(200))
    result, counts, _ = sent(script, WRITE, Tuning(forbid_writes=True))
    assert type(result) is errors.Bug
    assert (script.asked, counts.routes.total(), counts.writes) == ([], 0, 0)


@pytest.mark.parametrize("method", ["GET", "XGET", "HEAD"])
def test_a_transport_that_forbids_writes_lets_every_kind_of_read_through(method: str) -> None:
    request = Route(method, "/api/thing/{id}", "read thing {id}").to({"id": "1"}, body=[1])
    result, counts, _ = sent(Script(answer(200)), request, Tuning(forbid_writes=True))
    assert not isinstance(result, Exception)
    assert (counts.routes, counts.writes) == ({f"{method} /api/thing/{{id}}": 1}, 0)


def test_a_write_sent_as_a_read_is_a_bug_before_it_is_sent() -> None:
    async def main() -> None:
        script = Script(answer(200))
        async with connected(script) as connection:
            with pytest.raises(errors.Bug):
                await connection.transport.read(WRITE)
        assert script.asked == []

    run(main())


def test_a_request_with_a_placeholder_is_never_sent() -> None:
    script = Script(answer(200))
    result, _, _ = sent(script, Route("POST", "/api/thing/{id}", "change it").to({"id": "{thing}"}))
    assert type(result) is errors.Bug
    assert script.asked == []


def test_every_platform_call_carries_the_headers_the_sdk_sends() -> None:
    script = Script(answer(200))
    sent(script, READ)
    headers = script.asked[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["User-Agent"] == f"reconciler/{__version__}"
    assert headers["Content-Type"] == "application/json"
    assert "X-Picsellia-Organization" not in headers


def test_the_body_goes_out_as_the_bytes_of_the_request() -> None:
    script = Script(answer(200))
    sent(script, WRITE)
    assert script.asked[0].content == b'{"a":1}'


def test_redirects_are_followed_with_method_and_body() -> None:
    script = Script(answer(307, headers={"Location": f"{HOST}/elsewhere"}), answer(200))
    result, _, _ = sent(script, WRITE)
    assert not isinstance(result, Exception)
    assert [(asked.method, asked.content) for asked in script.asked] == [("POST", b'{"a":1}')] * 2


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_write_that_a_redirect_turned_into_a_read_is_not_called_done(status: int) -> None:
    result, _, _ = sent(Script(answer(status, headers={"Location": f"{HOST}/login"}), answer(200)), WRITE)
    assert type(result) is errors.Ambiguous
    assert f"{HOST}/login" in result.message


def test_a_redirect_to_another_host_does_not_get_the_token() -> None:
    script = Script(answer(307, headers={"Location": "https://evil.test/"}), answer(200))
    sent(script, READ)
    assert "Authorization" not in script.asked[1].headers


def test_a_redirect_in_circles_is_an_error() -> None:
    result, _, _ = sent(Script(answer(307, headers={"Location": f"{HOST}/again"})), READ)
    assert type(result) is errors.UnexpectedReply


@pytest.mark.parametrize(
    "trouble",
    [
        answer(400, {"message": f"bad token {TOKEN}", "detail": [TOKEN]}),
        answer(401, {"message": f"Bearer {TOKEN}"}),
        answer(500, {"message": f"Bearer {TOKEN}"}),
        httpx.Response(502, text=f"upstream said {TOKEN} " * 100),
        httpx.ConnectError("no route"),
        httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'"),
        httpx.ReadError(f"{TOKEN}"),
        ValueError(TOKEN),
    ],
    ids=label,
)
@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_the_token_never_comes_back_in_an_error_or_a_log(
    trouble: httpx.Response | Exception, request_: Request, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="reconciler.picsellia"):
        result, _, _ = sent(Script(trouble), request_)
    assert isinstance(result, errors.ReconcilerError)
    texts = [str(result), repr(result), result.message, str(result.where), str(result.hint), caplog.text]
    texts += [repr(vars(record)) for record in caplog.records]
    texts += traceback.format_exception(result)
    assert not [text for text in texts if TOKEN in text]


def test_the_token_is_in_no_repr_of_what_holds_it() -> None:
    async def main() -> list[str]:
        async with connected(Script(answer(200))) as connection:
            held = [connection, connection.transport, vars(connection.transport), connection.observer]
            return [repr(item) for item in held] + [repr(Address(HOST, Secret(TOKEN)))]

    assert not [text for text in run(main()) if TOKEN in text]


@pytest.mark.parametrize("token", ["", "with space", "new\nline", "tëst", "tab\t"])
def test_a_token_that_cannot_be_one_is_refused_before_any_library_can_quote_it(token: str) -> None:
    async def main() -> None:
        async with connect(Address(HOST, Secret(token)), FakeClock()):
            raise AssertionError

    with pytest.raises(errors.SettingsError) as caught:
        run(main())
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("host", ["app.picsellia.com", "ftp://x", "", "https://", "http://[", "https://me:pw@host"])
def test_a_host_that_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(errors.SettingsError) as caught:
        _ = Address(host, Secret(TOKEN)).origin
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("https://app.picsellia.com", "https://app.picsellia.com"),
        ("https://app.picsellia.com/", "https://app.picsellia.com"),
        ("http://127.0.0.1:8000/prefix?x=1", "http://127.0.0.1:8000"),
        (" https://h:443 ", "https://h"),
    ],
)
def test_only_the_origin_of_a_host_counts(host: str, origin: str) -> None:
    assert Address(host, Secret(TOKEN)).origin == origin
