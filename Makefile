# What a person types. Needs Python 3.11 or newer and make; everything else is in the lock files.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$name" && break; done)

# Half the cores are enough to be twice as fast; the database works too.
TEST_PROCESSES ?= 2
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run setup test lint translations lock doctor clean

help:
	@echo "make run           start Halfmoon on http://127.0.0.1:$${PORT:-8000} with a demo company (PORT=… for another port)"
	@echo "make setup         create $(VENV) with everything locked"
	@echo "make test          the whole test suite on a database and broker of its own (PYTEST_ARGS=… for a part)"
	@echo "make lint          formatting, types and the direction of imports"
	@echo "make translations  merge and compile the message catalogues"
	@echo "make doctor        explain what is set up how, and what is not right"
	@echo "make lock          resolve the requirements anew (needs uv)"
	@echo "make clean         remove $(VENV) and caches, never data"

run: setup
	@exec $(BIN)/python manage.py run

setup: $(VENV)/.setup $(VENV)/.translations

test: setup $(VENV)/.setup-dev
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile $(PYTEST_ARGS)

lint: setup $(VENV)/.setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

doctor: setup
	@$(BIN)/python manage.py doctor

translations: setup
	@$(BIN)/python -m config.translations

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--quiet requirements.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--quiet -c requirements.lock requirements-dev.in -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles build

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Halfmoon needs Python 3.11 or newer; name it with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.setup: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(VENV)/.setup-dev: requirements-dev.lock $(VENV)/.setup
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

$(VENV)/.translations: $(wildcard locale/*/parts/*.po) config/translations.py | $(VENV)/.setup
	$(BIN)/python -m config.translations
	@touch $@
