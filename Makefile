# Needs only make and a Python from 3.11 on; `make PYTHON=/path/to/python test` takes one of your choice.
# Everything else is installed into .venv at the first call, and again when pyproject.toml changes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell scripts/find-python.sh)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
CRASH := --max-worker-restart=0  # a test that ends its worker would end the next one too: stop and say which
PARALLEL := -n auto --maxprocesses 8 --dist loadscope $(CRASH)
SERVERS := -n 3 --dist loadscope $(CRASH)  # a worker for each server, whose tests wait for it more than they work
STRUCTURE := tests/test_layers.py tests/test_house.py tests/test_parity.py tests/test_public_api.py
QUICKEST := tests/unit tests/conformance $(STRUCTURE)
OTHER_VERSIONS := 3.12 3.13

.PHONY: help demo servers test fast quick check lint types structure bench soak faults format test-versions test-lowest sbom audit test-on clean

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

demo: $(VENV)/.installed-demo$(if $(RUNIC_URL),-all)  ## Write the world to a graph and ask it eight questions; RUNIC_URL=... chooses which
	@$(BIN)/python examples/atlas

servers: $(VENV)/.installed-dev  ## Start the databases of the tests, print their URLs, and wait
	@$(BIN)/python -m tests.servers $(ARGS)

test: check  ## Lint, types and all tests: what CI runs
	$(PYTEST) $(SERVERS) $(ARGS)

fast: $(VENV)/.installed-dev  ## Quick tests on FalkorDB, the sync half of each, few random examples
	RUNIC_TEST_DATABASES=falkordb RUNIC_TEST_EXAMPLES=2 $(PYTEST) $(PARALLEL) -m "not slow and not asynchronous" $(or $(ARGS),$(QUICKEST))

quick: $(VENV)/.installed-dev  ## Quick tests, sync and async
	$(PYTEST) $(PARALLEL) -m "not slow" $(ARGS)

check: lint types  ## Ruff, mypy strict and pyright strict

lint: $(VENV)/.installed-dev  ## Ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed-dev  ## mypy strict and pyright strict
	$(BIN)/mypy
	$(BIN)/pyright

structure: $(VENV)/.installed-dev  ## Layers, sizes, parity of sync and async, public names
	$(PYTEST) $(STRUCTURE)

soak: $(VENV)/.installed-dev  ## Half an hour of mixed work in which nothing may grow; MINUTES=10 for less
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30) $(ARGS)

faults: $(VENV)/.installed-dev  ## Break the line at every few bytes of a commit, and random units at length
	RUNIC_TEST_FAULT_STEP=$(or $(STEP),7) RUNIC_TEST_FAULT_UNITS=$(or $(UNITS),300) $(PYTEST) $(PARALLEL) tests/faults $(ARGS)

bench: $(VENV)/.installed-dev .venvs/peers/.installed  ## Ratios to hand-written statements on the bare client
	$(BIN)/python -m bench $(ARGS)

format: $(VENV)/.installed-dev  ## Rewrite the code as `lint` wants it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test-versions:  ## The quick tests with FalkorDB on each other Python that is supported
	@for version in $(OTHER_VERSIONS); do $(MAKE) --no-print-directory test-on VERSION=$$version; done

test-lowest:  ## The quick tests with the lowest versions of the client libraries that are allowed
	@$(MAKE) --no-print-directory .venvs/lowest/.installed-dev VENV=.venvs/lowest GROUP=test
	.venvs/lowest/bin/python scripts/lowest.py | xargs $(subst $(BIN),.venvs/lowest/bin,$(PIP))
	.venvs/lowest/bin/python -m pytest $(PARALLEL) -m "not slow" $(ARGS)

sbom:  ## The software bill of materials of all extras: dist/sbom.json
	@$(MAKE) --no-print-directory .venvs/tools/.installed .venvs/shipped/.installed
	mkdir -p dist
	.venvs/tools/bin/cyclonedx-py environment .venvs/shipped --pyproject pyproject.toml --output-reproducible -o dist/sbom.json

audit:  ## Published advisories about what the extras bring, where a service can be asked
	@$(MAKE) --no-print-directory .venvs/tools/.installed .venvs/shipped/.installed
	.venvs/tools/bin/python scripts/audit.py .venvs/tools/bin/pip-audit .venvs/shipped/lib/python*/site-packages

# Apart from each other: what looks at the dependencies is none of them.
.venvs/tools/.installed:
	$(PYTHON) -m venv .venvs/tools
	.venvs/tools/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom pip-audit
	@touch $@

.venvs/shipped/.installed: pyproject.toml .venvs/tools/.installed
	$(PYTHON) -m venv --clear --without-pip .venvs/shipped
	.venvs/tools/bin/python -m pip --python .venvs/shipped/bin/python install --quiet --disable-pip-version-check ".[all]"
	@touch $@

test-on:
	@if python=$$(scripts/find-python.sh $(VERSION)); then \
	    RUNIC_TEST_DATABASES=falkordb $(MAKE) --no-print-directory quick PYTHON="$$python" VENV=.venvs/$(VERSION) GROUP=test; \
	elif [ "$${CI:-}" = true ]; then \
	    exit 1; \
	else \
	    echo "Python $(VERSION) is not here: its tests were not run"; \
	fi

clean:  ## Remove what make made
	rm -rf .venv .venvs .mypy_cache .pytest_cache .ruff_cache .hypothesis dist var

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ]  # find-python.sh has said what is missing
	$(PYTHON) -m venv $(VENV)

# The extras decide what users install; the group adds what developing needs.
GROUP ?= dev
$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	@$(PIP) --upgrade "pip>=25.1"  # the first that knows --group
	$(PIP) --editable ".[all,demo]" --group $(GROUP)
	@touch $@

# Other mappers pin their clients, so they have an environment of their own; without it they are left out.
.venvs/peers/.installed: pyproject.toml | $(VENV)/bin/python
	@$(PYTHON) -m venv .venvs/peers
	@.venvs/peers/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	.venvs/peers/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group peers \
	    || echo "neomodel and SQLAlchemy cannot be installed here: the benchmarks leave them out"
	@touch $@

$(VENV)/.installed-demo: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable ".[demo]"
	@touch $@

$(VENV)/.installed-demo-all: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable ".[all,demo]"
	@touch $@
