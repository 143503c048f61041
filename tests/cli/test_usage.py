"""A command line that makes no sense ends with 3, names the offending word, and says where to look."""

import pytest

from tests.cli.play import Invoke


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["missing command", "reconciler --help"]),
        (["pln"], ["'pln'", "Did you mean 'plan'", "reconciler --help"]),
        (["plan", "--fromat", "json"], ["--fromat", "Did you mean --format?", "reconciler plan --help"]),
        (["plan", "--host"], ["--host", "argument"]),
        (["plan", "--format", "jsn"], ["'jsn'", "Did you mean json?"]),
        (["plan", "--timeout", "soon"], ["--timeout", "soon"]),
        (["plan", "--timeout", "0"], ["--timeout", "more than 0"]),
        (["apply", "--concurrency", "0"], ["--concurrency", "0"]),
        (["apply", "--format", "markdown"], ["'markdown'", "text, json, jsonl"]),
        (["schema", "plans"], ["plans"]),
        (["platform"], ["missing command", "reconciler platform --help"]),
        (["platform", "serve"], ["--data-dir"]),
        (["--host", "x", "validate"], ["validate does not use --host", "reconciler validate --help"]),
        (["--target", "x", "schema"], ["schema does not use --target"]),
    ],
)
def test_a_usage_error_is_told_in_our_words(invoke: Invoke, arguments: list[str], words: list[str]) -> None:
    result = invoke(*arguments)
    assert result.code == 3
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


def test_apply_without_yes_and_without_a_person_fails_at_once(invoke: Invoke) -> None:
    result = invoke("apply", "no-such-folder")
    assert result.code == 3
    assert "nobody is there to answer" in result.err
    assert "--yes" in result.err


def test_a_path_that_does_not_exist_is_named_before_anything_is_connected(invoke: Invoke) -> None:
    result = invoke("plan", "manfests", "--host", "http://127.0.0.1:9")
    assert result.code == 3
    assert "manfests does not exist" in result.err
