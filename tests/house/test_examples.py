"""The examples that people copy: their commands exist, their scripts run, and they pass exit codes through."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.house.command_line import complaint
from tests.house.examples import GITHUB, KUBERNETES, commands, containers, cron_entries, documents, workflow_steps
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [(name, arguments) for name, found in commands().items() for arguments in found]
OURS = [ROOT / ".github" / "workflows" / "ci.yml"]
WORKFLOWS = [*GITHUB, *OURS]


def named(path: Path) -> str:
    """Return what to call a case."""
    return path.name


def test_every_example_has_a_command() -> None:
    assert [name for name, found in commands().items() if not found] == []


@pytest.mark.parametrize(("name", "arguments"), COMMANDS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_of_an_example_is_one_the_command_line_takes(name: str, arguments: list[str]) -> None:
    assert complaint(arguments) is None, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_a_workflow_has_what_github_needs_and_no_more_rights_than_its_ledger_takes(path: Path) -> None:
    (workflow,) = documents(path)
    records = path.parent == ROOT / "deploy" / "github" and path.stem in ("apply", "drift")
    assert workflow.keys() <= {"name", "on", "permissions", "concurrency", "jobs"}
    assert workflow["permissions"] == {"contents": "write" if records else "read"}
    for job in workflow["jobs"].values():
        assert {"runs-on", "timeout-minutes", "steps"} <= job.keys()
    assert [step for step in workflow_steps(path) if ("uses" in step) == ("run" in step)] == []


@pytest.mark.parametrize("path", GITHUB, ids=named)
def test_every_variable_and_secret_of_a_workflow_is_told_at_the_top_of_plan(path: Path) -> None:
    told = (ROOT / "deploy" / "github" / "plan.yml").read_text(encoding="utf-8").split("name: plan")[0]
    used = re.findall(r"\$\{\{ (?:vars|secrets)\.(\w+) \}\}", path.read_text(encoding="utf-8"))
    assert [name for name in used if name not in told] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_every_script_of_a_workflow_is_valid_shell(path: Path) -> None:
    for step in workflow_steps(path):
        done = subprocess.run(["bash", "-n"], input=step.get("run", ""), text=True, capture_output=True)
        assert done.stderr == ""


def last_step(name: str) -> dict[str, Any]:
    """Return the step of a workflow that does its work."""
    return list(workflow_steps(ROOT / "deploy" / "github" / f"{name}.yml"))[-1]


def run_step(name: str, folder: Path, code: int) -> tuple[int, str]:
    """Run that step with a stand-in for the command that writes a result and ends so; return its code and summary."""
    command = folder / "reconciler"
    command.write_text(
        "#!/bin/sh\n"
        'while [ "$#" -gt 0 ]; do [ "$1" = --output-file ] && echo "what there is to say" > "$2"; shift; done\n'
        f"exit {code}\n"
    )
    command.chmod(0o755)
    variables = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
    }
    # GitHub runs `shell: bash` in this way.
    options = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    done = subprocess.run([*options, last_step(name)["run"]], cwd=folder, env=variables)
    return done.returncode, (folder / "summary").read_text()


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (2, 0), (3, 3), (5, 5), (10, 10)])
def test_a_pull_request_fails_on_anything_but_changes(tmp_path: Path, code: int, expected: int) -> None:
    assert run_step("plan", tmp_path, code) == (expected, "what there is to say\n")
    assert (tmp_path / "output").read_text() == f"exitcode={code}\n"


@pytest.mark.parametrize("name", ["apply", "drift"])
@pytest.mark.parametrize("code", [0, 2, 7, 10])
def test_apply_and_drift_pass_their_exit_code_through(tmp_path: Path, name: str, code: int) -> None:
    assert run_step(name, tmp_path, code) == (code, "```text\nwhat there is to say\n```\n")


def test_a_cron_line_mails_drift_and_is_silent_without(tmp_path: Path) -> None:
    ((schedule, command),) = cron_entries()
    assert re.fullmatch(r"\d+ \* \* \* \*", schedule)
    for name in ("git", "reconciler"):
        code = "${CODE}" if name == "reconciler" else "0"
        says = "echo moved" if name == "reconciler" else ":"
        (tmp_path / name).write_text(f"#!/bin/sh\n{says}\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    here = command.replace("/srv/deployments", str(tmp_path))
    printed = {}
    for code in ("0", "2"):
        variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CODE": code}
        printed[code] = subprocess.run(["sh", "-c", here], env=variables, capture_output=True, text=True).stdout
    assert printed == {"0": "", "2": "moved\n"}


def test_the_container_runs_without_rights_and_writes_only_to_the_ledger() -> None:
    (container,) = containers()
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    writable = [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["/var/lib/reconciler"]
    assert container["args"][container["args"].index("--ledger") + 1].startswith(writable[0])


def test_the_cron_job_tries_again_only_what_may_pass() -> None:
    (job,) = (each for path in KUBERNETES for each in documents(path) if each["kind"] == "CronJob")
    inner = job["spec"]["jobTemplate"]["spec"]
    (rule,) = inner["podFailurePolicy"]["rules"]
    assert rule == {"action": "FailJob", "onExitCodes": {"operator": "NotIn", "values": [9, 10]}}
    assert inner["template"]["spec"]["restartPolicy"] == "Never"


def test_our_own_ci_runs_what_the_readme_says() -> None:
    assert [step["run"] for step in workflow_steps(OURS[0]) if "run" in step] == ["bash .ci/run"]
