# One set-up for every target: a virtual environment in .venv, pinned by constraints.txt (CPU wheels). Safe to repeat.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.menolab-installed

.PHONY: setup demo test test-slow lint bench clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("menolab needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "set-up: virtual environment in $(VENV), packages from constraints.txt (about 2 GB on disk, a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
	@echo "set-up done: try $(BIN)/meno --help"

demo: setup
	@$(BIN)/meno demo

test: setup
	@echo "tests: fast ones, on both cores"
	@$(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: setup
	@echo "tests: long experiments"
	@$(BIN)/python -m pytest -m slow

lint: setup
	@echo "lint: ruff, pyright"
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/pyright

bench: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@$(BIN)/meno bench rollout --size 1m
	@$(BIN)/meno bench step --size 1m

clean:
	rm -rf $(VENV) build dist src/*.egg-info
