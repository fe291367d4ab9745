# Everything a person does with this repository. It needs nothing but Python 3.11, 3.12 or 3.13:
# the rest goes into the folder .venv, which is made again when pyproject.toml or constraints.txt change.
# Another Python: make test PYTHON=python3.12
# More arguments: make run ARGS="--help", make test ARGS="-k cover -x"
# Another package index: pip's own settings are used (PIP_INDEX_URL, PIP_FIND_LINKS, pip.conf).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.13 python3.12 python3.11; do \
	if $$name -c '$(SUITABLE)' >/dev/null 2>&1; then echo $$name; break; fi; done)
endif
VERSION := $(shell $(or $(PYTHON),false) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --constraint constraints.txt
MADE := $(VENV)/.made-$(VERSION)
FOR_RUN := $(VENV)/.for-run-$(VERSION)
FOR_WORK := $(VENV)/.for-work-$(VERSION)
WORKERS ?= 6
# Tests start hundreds of processes: what one of them has compiled, the others need not compile again.
unexport PYTHONDONTWRITEBYTECODE
SHARED := --dist loadfile --no-loadscope-reorder

# A file from Windows begins with a byte order mark and ends its lines with carriage returns.
CLEAN_ENV := LC_ALL=C sed -e '1s/^\xef\xbb\xbf//' -e 's/\r$$//'

.PHONY: help run test test-full check lint types documents collected docs format house bench clean

help: ## show this list
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/  \1|\2/p' Makefile | \
		while IFS='|' read -r target what; do printf '  %-12s %s\n' "$$target" "$$what"; done

run: $(FOR_RUN) ## start the bot: online with a token in .env, else the sandbox page
	@set -a; if [ -f .env ]; then eval "$$($(CLEAN_ENV) .env)"; fi; set +a; exec $(BIN)/modelus-bot run $(ARGS)

test: $(FOR_WORK) ## run all tests at sizes for every day (minutes)
	$(BIN)/python -m pytest -n $(WORKERS) $(SHARED) $(ARGS)

test-full: $(FOR_WORK) ## run all tests at full size (much longer)
	MODELUS_TEST_FULL=1 $(BIN)/python -m pytest -n $(WORKERS) $(SHARED) $(ARGS)

check: $(FOR_WORK) ## lint, formatting, types, documents
	@$(MAKE) --no-print-directory --jobs 2 types documents

lint: $(FOR_WORK)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: $(FOR_WORK)
	$(BIN)/python -m mypy

documents: lint
	$(BIN)/python -m pytest -q tests/test_repository.py tests/test_floors.py tests/test_config.py \
		tests/cli/test_command_reference.py

# Compiles every test for those who run them next, and fails where one cannot be imported.
collected: lint
	@$(BIN)/python -m pytest -q --collect-only >$(VENV)/.tests || { tail -n 40 $(VENV)/.tests; exit 1; }

docs: $(FOR_WORK) ## write the pages that are made from the code: commands, settings
	$(BIN)/python -m modelus_bot.cli.command_reference > docs/commands.md
	$(BIN)/modelus-bot config docs > docs/configuration.md

format: $(FOR_WORK) ## let ruff put the code in shape
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

house: $(FOR_WORK) ## print figures of the house: imports, knots, what a change touches
	$(BIN)/python -m tools.house $(ARGS)

bench: $(FOR_WORK) ## measure the database beside other ways to do the same
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove .venv and whatever tools left behind; data, backups and .env stay
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE): pyproject.toml constraints.txt
	@if [ -z "$(VERSION)" ]; then \
		echo "Python 3.11, 3.12 or 3.13 is needed and was not found$(if $(PYTHON), under the name $(PYTHON))." >&2; \
		echo "Install it (Debian, Ubuntu: apt install python3 python3-venv) or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
		exit 1; fi
	@$(PYTHON) -c '$(SUITABLE)' || { \
		echo "$(PYTHON) is Python $(VERSION); this project needs 3.11, 3.12 or 3.13." >&2; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: its venv module is not installed." >&2; \
		echo "Debian, Ubuntu: apt install python3-venv, then run make $(MAKECMDGOALS) again." >&2; \
		exit 1; }
	@echo "Setting up $(VENV) with Python $(VERSION); this happens once and takes a minute or two."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) hatchling editables || { $(INSTALL_FAILED); }
	@touch $@

$(FOR_RUN): $(MADE)
	@$(PIP) --no-build-isolation --editable ".[sandbox,archive,charts]" || { $(INSTALL_FAILED); }
	@touch $@

$(FOR_WORK): $(MADE)
	@$(PIP) --no-build-isolation --editable ".[sandbox,archive,charts,dev]" || { $(INSTALL_FAILED); }
	@touch $@

INSTALL_FAILED = echo "The packages could not be installed; the lines above are pip's own words." >&2; \
	echo "Check the network or pip's index settings, then run make $(MAKECMDGOALS) again." >&2; \
	exit 1
