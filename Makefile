# Each target does its own set-up on a machine with Python 3.11 or newer, and no other:
# the virtual environment, the locked dependencies, and for the tests a Chromium.

PYTHON := .venv/bin/python
WORKERS ?= 2
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(PYTHON) -m uv pip compile --quiet \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help run test check soak lock

help:
	@echo "make run    serve Taizhang; the first time it makes everything it needs"
	@echo "make test   formatter, linter, types and all tests"
	@echo "make check  formatter, linter and types only"
	@echo "make soak   the tests that take long"
	@echo "make lock   pin the dependencies anew; UPGRADE=--upgrade takes newer ones"

run: .venv/run.stamp
	.venv/bin/taizhang run

test: check
	$(PYTHON) -m tests.browser.chromium
	$(PYTHON) -m pytest -n $(WORKERS)

check: .venv/dev.stamp
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy .

soak: .venv/dev.stamp
	$(PYTHON) -m tests.browser.chromium
	$(PYTHON) -m pytest -m soak -n $(WORKERS) -rP -o faulthandler_timeout=0

# Several files, so that a desk need not install what only the tests or the bench use;
# they keep to the versions of the first. What builds the project is pinned, too.
lock: $(PYTHON)
	$(PIP) install uv
	echo "setuptools>=77" | $(LOCK) pyproject.toml - --output-file requirements.lock
	echo "setuptools>=77" | $(LOCK) pyproject.toml - --extra dev \
		--constraint requirements.lock --output-file requirements-dev.lock
	echo "setuptools>=77" | $(LOCK) pyproject.toml - --extra bench \
		--constraint requirements.lock --output-file requirements-bench.lock

.venv/run.stamp: requirements.lock pyproject.toml | $(PYTHON)
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | $(PYTHON)
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(PYTHON):
	@for python in python3 python3.13 python3.12 python3.11 python; do \
		if $$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then \
			$$python -c "import ensurepip, venv" 2>/dev/null && exec $$python -m venv .venv; \
			echo "$$python has no venv; install it (Debian: apt-get install" \
				"python3-venv), then run make again." >&2; exit 1; \
		fi; \
	done; \
	echo "Found no Python 3.11 or newer; install one, then run make again." >&2; exit 1
