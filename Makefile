# `make demo`, `make test`, `make test-browser`, …: each makes the environment that it needs.
PYTHON ?= python3
VENV ?= .venv
BENCH_VENV ?= .venv-bench
DAGSTER_VENV ?= .venv-dagster
BIN = $(VENV)/bin
AS_ROOT = $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo test test-browser browser parity bench lint types pictures clean

# pip 25.1 is the first that reads dependency groups.
define environment
	$(PYTHON) -m venv $(1) || { $(PYTHON) -m pip install --quiet virtualenv && $(PYTHON) -m virtualenv --quiet $(1); }
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable . $(2)
	touch $(1)/.made
endef

$(VENV)/.made: pyproject.toml
	$(call environment,$(VENV),--group dev)

$(BENCH_VENV)/.made: pyproject.toml
	$(call environment,$(BENCH_VENV),--group bench)

$(DAGSTER_VENV)/.made: pyproject.toml
	$(call environment,$(DAGSTER_VENV),--group parity)

demo: $(VENV)/.made
	$(BIN)/python notebooks/demo.py

test: $(VENV)/.made
	$(BIN)/python -m pytest -n auto

# The same programs on opnb and on Dagster, compared; Dagster has an environment of its
# own, so that all other tests show that opnb needs none.
parity: $(DAGSTER_VENV)/.made
	$(DAGSTER_VENV)/bin/python -m pytest -n auto tests/parity tests/examples tests/test_readme.py

lint: $(VENV)/.made
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.made
	$(BIN)/mypy

# All parts, or some: `make bench ONLY="writing reading"`; tests/bench/run.py has them.
bench: $(BENCH_VENV)/.made
	PYTHONPATH=tests $(BENCH_VENV)/bin/python -m bench.run $(ONLY)

# A real JupyterLab in a real Chromium: Debian's package, or else Playwright's own build.
browser: $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group browser
	command -v chromium > /dev/null || { $(AS_ROOT) apt-get update -qq && $(AS_ROOT) apt-get install -y -qq --no-install-recommends chromium; } || $(BIN)/python -m playwright install chromium

# Looks at the notebooks, and keeps what it saw in build/browser.
test-browser: browser
	$(BIN)/python -m pytest -c tests/browser/pytest.ini tests/browser

pictures: browser
	$(BIN)/python tests/browser/pictures.py

clean:
	rm -rf $(VENV) $(BENCH_VENV) $(DAGSTER_VENV) .opnb .pytest_cache .mypy_cache .ruff_cache
