# `make` builds the sample site's feeds, `make test` runs the tests; both set up what they need.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: all test check compiled format bench fuzz clean

all: $(VENV)/.installed compiled
	@$(RUN)/feeds build -v
	@echo "The sample site's feeds are in output/. Look at them: $(RUN)/feeds serve"

test: check
	@$(RUN)/python -m pytest

check: $(VENV)/.test-ready
	@$(RUN)/ruff check feeds tests
	@$(RUN)/ruff format --check feeds tests
	@$(RUN)/mypy

bench: $(VENV)/.test-ready compiled
	@$(RUN)/python -m tests.benchmarks

# SECONDS for each target; TARGETS="page wxr" for some of them; `pip install atheris` lets it be guided by
# coverage: FUZZ=--atheris.
fuzz: $(VENV)/.test-ready
	@$(RUN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(FUZZ) $(TARGETS)
	@FEEDS_EXAMPLES=$(or $(EXAMPLES),2000) $(RUN)/python -m pytest -q tests/test_fuzz.py -k any_blog

# Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each run would compile all it imports.
compiled: $(VENV)/.installed
	@$(RUN)/python -m compileall -q feeds

format: $(VENV)/.test-ready
	@$(RUN)/ruff check --fix feeds tests
	@$(RUN)/ruff format feeds tests

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "feeds needs Python 3.11 or newer as '$(PYTHON)'. On Debian or Ubuntu: apt install python3 python3-venv;" \
	         "or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/.test-ready: $(VENV)/.installed
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat --editable '.[test]'
	@touch $@
