# Two entry points matter: `make demo` (see it work) and `make test` (what CI runs).
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
STAMP := $(VENV)/.installed
# The release of the SDK that the reference page describes has dependencies of its own, so it gets an environment of its own.
OLDER_SDK := $(VENV)/sdk-6.15
# What one process compiled, the hundreds that the tests start need not compile again, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header

.PHONY: help install demo test test-deep format lint types contracts fresh numbers unit browser platform-postgresql kill-matrix screenshots bench lock clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

install: $(STAMP) ## make .venv with every locked dependency

$(STAMP): requirements/dev.txt requirements/sdk-6.15.txt pyproject.toml tests/browser/package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(PYTHON) -m venv $(OLDER_SDK)
	$(OLDER_SDK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/sdk-6.15.txt
	@# What pages are checked with for accessibility; without npm, the tests that need it say so.
	@npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --silent || echo "axe-core is not installed." >&2
	@touch $@

demo: install ## the whole story on the embedded platform
	@$(BIN)/reconciler demo

test: install lint types contracts fresh numbers unit browser platform-postgresql ## everything .ci/run runs

format: install ## rewrite to the house style
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: install ## format and lint, changing nothing
	$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: install ## mypy --strict
	$(BIN)/mypy

contracts: install ## the rooms and their doors
	$(BIN)/lint-imports

fresh: install ## generated files match their sources
	$(BIN)/python -m tests.generate --check

numbers: install ## lengths of files and functions
	$(BIN)/python -m tests.house.measures

unit: install ## the tests alone, those in a browser apart: a browser's event loop keeps other tests from having theirs
	$(BIN)/pytest -q -n 2 --dist worksteal --ignore tests/browser

browser: install ## the tests in Chromium
	$(BIN)/pytest -q -n 2 --dist worksteal tests/browser

platform-postgresql: install ## the platform's tests once more, on PostgreSQL with two worker processes
	RECONCILER_TEST_STORE=postgresql $(BIN)/pytest -q -n 2 --dist worksteal tests/platform tests/conformance

test-deep: install ## many more generated examples
	HYPOTHESIS_PROFILE=deep $(BIN)/pytest -q -n 2 --dist worksteal

kill-matrix: install ## kill apply at every position, on every ledger, in both profiles, then trouble it (an hour and a half of two processors)
	$(BIN)/python -m tests.killing && $(BIN)/python -m tests.killing --troubles

screenshots: install ## take the pictures of the documentation (Chromium)
	$(BIN)/python -m tests.browser.screenshots

bench: install ## timings, as ratios in one run
	$(BIN)/python -m benchmarks

lock: install ## resolve dependencies again (host-free, hashed)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) -o requirements/base.txt pyproject.toml
	$(COMPILE) -o requirements/platform.txt pyproject.toml --extra platform
	$(COMPILE) -o requirements/build.txt --group build
	$(COMPILE) -o requirements/dev.txt pyproject.toml --extra platform --group dev --group build
	echo "picsellia==6.15.0" | $(COMPILE) -o requirements/sdk-6.15.txt -

clean: ## remove what make and its tools wrote
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .demo
