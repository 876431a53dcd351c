# Developer verbs. `make help` lists them; each sets up what it needs on a fresh machine.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready
# An installation for tests holds what running needs, so it makes both stamps; npm clears the folder
# before it installs, stamps and all, so one for running alone unmakes the other.
NODE_RUN_READY := node_modules/.run-ready
NODE_TEST_READY := node_modules/.test-ready
NPM_CI := npm ci --silent --no-audit --no-fund

.PHONY: help run test soak setup archive lock bench docs lint lint-js test-js clean screenshots

help:  ## list the verbs
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(VENV)/bin/python:
	@scripts/check_system.sh $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.txt | $(VENV)/bin/python
	@echo "Installing pinned Python packages into $(VENV) (a minute or two the first time)"
	$(PIP) -r requirements.txt
	@touch $@

$(TEST_READY): requirements-dev.txt | $(RUN_READY)
	$(PIP) -r requirements-dev.txt
	@touch $@

$(NODE_RUN_READY): package-lock.json | $(RUN_READY)
	$(NPM_CI) --omit=dev
	@touch $@

$(NODE_TEST_READY): package-lock.json | $(RUN_READY)
	$(NPM_CI)
	@touch $(NODE_RUN_READY) $@

setup: $(RUN_READY) $(NODE_RUN_READY)  ## install what running needs

run: setup  ## start everything; builds the embedded archive the first time
	@exec $(BIN)/python -m core up

archive: setup  ## build the embedded archive (again)
	$(BIN)/python -m core archive

lint: $(TEST_READY)  ## ruff, mypy --strict on core and api, import-linter, codespell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs core api pages callbacks components assets app.py tests

lint-js: $(NODE_TEST_READY)  ## eslint, and the types of the browser's modules
	node_modules/.bin/eslint --max-warnings 0 assets tests/js eslint.config.js
	node_modules/.bin/tsc --noEmit -p tsconfig.json
	node_modules/.bin/tsc --noEmit -p tests/js/tsconfig.json

test-js: $(NODE_TEST_READY)  ## unit tests of the browser's modules, in Node
	node --test "tests/js/**/*.test.js"

test: $(TEST_READY) $(NODE_TEST_READY) lint lint-js test-js  ## lint and every test but the long ones
	@scripts/ensure_chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not soak"

soak: $(TEST_READY) $(NODE_TEST_READY)  ## the tests that need longer
	@scripts/ensure_chromium.sh
	$(BIN)/python -m pytest -m soak --timeout 1500

bench: $(TEST_READY)  ## the benchmarks, side by side with peers
	$(BIN)/python -m benchmarks

docs: $(RUN_READY)  ## the reference pages that are made from the code
	$(BIN)/python scripts/make_reference.py

screenshots: $(TEST_READY) $(NODE_TEST_READY)  ## the pictures of the README
	@scripts/ensure_chromium.sh
	$(BIN)/python scripts/make_screenshots.py

lock: | $(VENV)/bin/python  ## resolve the pins of run and test together
	$(PIP) pip-tools
	$(BIN)/python -m piptools compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements-dev.txt requirements-dev.in
	$(BIN)/python -m piptools compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -c requirements-dev.txt -o requirements.txt requirements.in

clean:  ## remove what set-up and tests made; the archive in var/ stays
	rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
