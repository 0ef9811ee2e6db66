# make                          compile rules/ and the table of rules into the catalogue
# make demo [REPO=path]         run the linter on the example of a leaky agent, or on a repository of yours
# make test                     make check, then every test
# make check                    style, types, import contracts, and whether the catalogue is fresh
# make bench-quality [QUICK=1]  precision and recall on carriers, labelled lines, beside peers and on packages (QUICK=1: without these two)
# make bench [QUICK=1] [ALL=1]   how fast: beside peers and as the work grows, into bench/README.md (QUICK=1: two minutes; ALL=1: also secretlint, of npm)
# make bench-count [UPDATE=1]   instruction counts of the hook and a small tree against the committed ones (needs valgrind)
# make test-readers             run the real readers of config formats, each in its pinned version, and compare them with the catalogue
# make test-browser             open the HTML report in a real browser (Debian's chromium; BROWSER_REQUIRED=1: fail where there is none)
# make test-history             audit a history of 20,000 commits with a key in every place that a history has (two minutes)
# make test-lower               the fast tests with the lowest version of each library that pyproject.toml allows
# make new-rule NAME=some-rule  write the module and the cases of a new rule
# PYTHON=python3.12             which Python (3.11 or newer) all of this starts from

PYTHON ?= python3
REPO ?=
NAME ?=
export REPO NAME
BIN := .venv/bin

.PHONY: compile demo docs test test-readers test-browser test-history test-lower check bench bench-count bench-quality new-rule python
.DELETE_ON_ERROR:

compile: python
	@"$(PYTHON)" -m agentkey_lint.catalog.compile

# The stamps lie inside .venv, so that removing it removes them; pyproject.toml alone says what is to be in it.
$(BIN)/installed: pyproject.toml | python
	"$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(BIN)/installed-dev: $(BIN)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(BIN)/installed-browser: $(BIN)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,browser]'
	@touch $@

demo: $(BIN)/installed
	@$(BIN)/python tools/demo.py "$$REPO"

check: $(BIN)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/agentkey-lint check
	$(BIN)/python -m agentkey_lint.catalog.compile --check
	$(BIN)/python tools/docs.py --check
	$(BIN)/python tools/schema.py --check

test: check
	$(BIN)/python -m pytest -n 2 --ignore tests/readers --ignore tests/browser --ignore tests/history

# Their environments lie in .venv-readers/ and take two minutes to build the first time; READERS_REQUIRED: one that is missing fails its tests.
test-readers: $(BIN)/installed-dev
	$(BIN)/python tests/readers/environments.py
	READERS_REQUIRED=1 $(BIN)/python -m pytest -n 2 tests/readers

test-browser: $(BIN)/installed-browser
	$(BIN)/python -m pytest tests/browser

test-history: $(BIN)/installed-dev
	$(BIN)/python -m pytest tests/history

LOWER := .venv-lower
$(LOWER)/installed: pyproject.toml tools/lower_bounds.py | python
	"$(PYTHON)" -m venv --clear $(LOWER)
	"$(PYTHON)" tools/lower_bounds.py > $(LOWER)/requirements.txt
	$(LOWER)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $(LOWER)/requirements.txt pytest pytest-xdist hypothesis python-dotenv tree-sitter-hcl
	$(LOWER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

test-lower: $(LOWER)/installed
	$(LOWER)/bin/python -m pytest -n 2 tests/checks/test_cases.py tests/config tests/engine tests/parse

# the pages of docs/rules and the table of the README, and the schema of settings, from the rules themselves
docs: $(BIN)/installed
	$(BIN)/python tools/docs.py
	$(BIN)/python tools/schema.py

# peers and packages are fetched the first time; bench/quality/README.md has the tables
bench-quality: $(BIN)/installed
	$(BIN)/python bench/quality/carriers.py $(if $(QUICK),1)
	$(BIN)/python bench/quality/labelled.py --list
	$(if $(QUICK),,$(BIN)/python bench/quality/peers.py)
	$(if $(QUICK),,$(BIN)/python bench/quality/packages.py)

# peers, packages and corpora are fetched or built the first time, outside the checkout; the full run takes an hour
bench: python
	"$(PYTHON)" bench/speed/bench.py $(if $(QUICK),--quick) $(if $(ALL),--all)
	"$(PYTHON)" bench/speed/growth.py $(if $(QUICK),--quick)

bench-count: $(BIN)/installed
	$(BIN)/python bench/speed/count.py $(if $(UPDATE),--update)

new-rule: python
	@"$(PYTHON)" tools/new_rule.py "$$NAME"
	@"$(PYTHON)" -m agentkey_lint.catalog.compile

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo 'agentkey-lint needs Python 3.11 or newer, and "$(PYTHON)" is not: make PYTHON=/path/to/python3.11 …' >&2; exit 1; }
