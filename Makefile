# Everything there is to run. Each target sets up its own environment from a machine with Python 3.11+, make and gcc.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_VENV := .venv-bench
BENCH_READY := $(BENCH_VENV)/.ready
PYTEST := $(BIN)/python -m pytest
# Tests run side by side, as many as the machine has cores; `make test JOBS=0` runs them in one process.
JOBS ?= auto
PARALLEL := --numprocesses=$(JOBS) --maxprocesses=8 --dist=worksteal

# Where `make test-shared` finds the reference data.
YUMIAO_SHARED ?= ../shared

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The English words of the pages; needs gettext (msgfmt). What it writes is committed, so that nothing else needs it.
LOCALE := src/yumiao/web/locale/en/LC_MESSAGES/django

.PHONY: help words setup demo test test-full screenshots test-shared lint format bench bench-pages docs lock dist bundle clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# $(call make_venv,FOLDER,LOCK): a virtual environment holding exactly what the lock file says, and this package.
define make_venv
	@python=""; for candidate in $(or $(PYTHON),python3.11 python3); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Yumiao needs Python 3.11 or newer; found none as: $(or $(PYTHON),python3.11 python3). Install it, or name one: make PYTHON=/path/to/python" >&2; \
	  exit 1; \
	fi; \
	echo "Setting up $(1) with $$("$$python" --version) ..."; \
	"$$python" -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --require-hashes --requirement $(2)
	@$(1)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(1)/.ready
endef

setup: $(READY) ## set up .venv (every target does it by itself)

$(READY): requirements/dev.txt pyproject.toml
	$(call make_venv,$(VENV),requirements/dev.txt)

$(BENCH_READY): requirements/bench.txt pyproject.toml
	$(call make_venv,$(BENCH_VENV),requirements/bench.txt)

# DEMO_CHECK=1 starts it, fetches its pages signed in, and stops; DEMO_FLAGS go to `yumiao demo-district`, such as --fresh.
DEMO_FLAGS ?=

demo: $(READY) ## build an invented district and show it in the browser, until Ctrl-C
	@$(BIN)/yumiao demo-district $(if $(DEMO_CHECK),--check) $(DEMO_FLAGS)

test: $(READY) ## run the tests that need nothing but this repository
	$(PYTEST) tests --ignore=tests/shared --ignore=tests/full $(PARALLEL)

test-full: $(READY) ## run the tests that need a browser and PostgreSQL; begins by naming what is missing
	@$(BIN)/python tests/full/needed.py
	$(BIN)/python -m tests.full.on_postgresql tests/district $(PARALLEL)
	$(PYTEST) tests/full $(PARALLEL)

screenshots: $(READY) ## take pictures of every page for the documentation; needs what test-full needs
	@$(BIN)/python tests/full/needed.py
	DJANGO_SETTINGS_MODULE=yumiao.config.settings.test $(BIN)/python -m tests.full.browser.pictures

test-shared: $(READY) ## run the tests against the reference data in YUMIAO_SHARED
	@test -d "$(YUMIAO_SHARED)" || { echo "The reference data is not at '$(YUMIAO_SHARED)'. Say where: make test-shared YUMIAO_SHARED=/path/to/it" >&2; exit 1; }
	YUMIAO_SHARED="$(abspath $(YUMIAO_SHARED))" $(PYTEST) tests/shared $(PARALLEL)

lint: $(READY) ## check style, format, types and import layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(READY) ## rewrite the sources in the project's format
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

bench: $(BENCH_READY) ## run the benchmarks against peers, in an environment of their own
	$(BENCH_VENV)/bin/python benchmarks/run.py

# Where the district of the pages' benchmark is built, once, and kept.
BENCH_CACHE ?= /var/tmp/yumiao-bench-pages

bench-pages: $(BENCH_READY) ## measure the pages of a large district under load; building it the first time takes long
	$(BENCH_VENV)/bin/python benchmarks/pages/run.py --cache $(BENCH_CACHE)

docs: $(READY) ## build the documentation into site/; a broken link fails
	$(BIN)/mkdocs build --strict --clean

# Keeps the locked versions that still fit pyproject.toml; `make lock LOCK_FLAGS=--upgrade` takes the newest ones.
LOCK_FLAGS ?=
UV_LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_FLAGS)

lock: ## write requirements/*.txt anew from pyproject.toml
	@test -x $(BIN)/uv || { echo "make lock needs uv in $(VENV): run 'make setup' first" >&2; exit 1; }
	$(UV_LOCK) --output-file requirements/runtime.txt
	$(UV_LOCK) --extra district --constraint requirements/runtime.txt --output-file requirements/district.txt
	$(UV_LOCK) --group dev --constraint requirements/district.txt --output-file requirements/dev.txt
	$(UV_LOCK) --extra district --group bench --constraint requirements/district.txt --output-file requirements/bench.txt

words: ## compile the English words of the pages
	msgfmt --check --no-hash --output-file $(LOCALE).mo $(LOCALE).po

dist: $(READY) ## build the wheel and the source distribution into dist/
	$(BIN)/python -m build --no-isolation

bundle: dist ## build the bundle for machines without network into dist/
	$(BIN)/python packaging/make_bundle.py

clean: ## remove what was built; the environments stay (rm -r .venv .venv-bench)
	rm -rf build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests benchmarks packs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
