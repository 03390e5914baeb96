# Two commands do all the set-up: `make demo` and `make test`. They need make and Python >= 3.11, nothing else.
# GNU make 3.81 and a POSIX shell are enough; paths are relative, so the checkout may live anywhere.

VENV := .venv
PY := $(VENV)/bin/python
NOTEBOOK := 01_quickstart.ipynb
FRONTEND := jupyter_tools/notebook/frontend
EXTRAS_demo := notebooks
EXTRAS_test := test

# Another Python: make PYTHON=~/python3.13/bin/python3 demo
PYTHON ?=
# More for pytest: make test ARGS="-k traces -x"
ARGS ?=
# HEADLESS=1 executes the notebook and prints the answer and the traces instead of opening JupyterLab.
HEADLESS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint format bench frontend frontend-check clean

help: ## Show this list
	@echo "make TARGET, where TARGET is one of:"
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/installed-demo ## Open the quickstart notebook in JupyterLab; HEADLESS=1 runs it here instead
	@$(PY) -m jupyter_tools pull || $(PY) -m jupyter_tools pull smollm2-135m
ifeq ($(HEADLESS),1)
	@$(PY) notebooks/run_headless.py notebooks/$(NOTEBOOK)
else
	@$(PY) -m jupyterlab --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/$(NOTEBOOK) \
		--LabApp.news_url=None $$([ "$$(id -u)" != 0 ] || echo --allow-root)
endif

test: $(VENV)/installed-test ## Run every test: units, real kernels, a real browser, the embedded model
	@$(PY) -m tests.browser.chromium --install
	@$(PY) -m jupyter_tools pull
	$(PY) -m pytest $(ARGS)

test-fast: $(VENV)/installed-test ## Run the tests that need no kernel, browser or model weights
	$(PY) -m pytest -m "not kernel and not browser and not local_model and not dask and not live" $(ARGS)

lint: $(VENV)/installed-test ## Check style, types and floors: ruff, pyright, import-linter
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pyright
	$(VENV)/bin/lint-imports

format: $(VENV)/installed-test ## Rewrite the code the way ruff wants it
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/installed-test ## Measure the figures of the README again
	@$(PY) -m jupyter_tools pull
	$(PY) -m tests.bench

frontend: ## Build the page's script again from its source (needs Node.js; the result is in the repository)
	cd $(FRONTEND) && npm ci --no-audit --no-fund && npm run --silent build

frontend-check: ## Check that the page's script is what its source gives (needs Node.js)
	cd $(FRONTEND) && npm ci --no-audit --no-fund && npm run --silent check

clean: ## Remove .venv and everything that was built; model weights stay
	rm -rf $(VENV) $(FRONTEND)/node_modules build dist test-results .coverage .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# --- stamps: a second run starts at once ---
$(VENV)/created:
	@$(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && touch $@ && exit 0; \
	for python in "$(PYTHON)" python3.13 python3.12 python3.11 python3.14 python3; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Creating $(VENV) with $$("$$python" --version) ..."; \
		"$$python" -m venv --clear $(VENV) && touch $@ && exit 0; \
	done; \
	echo "A Python >= 3.11 with its venv module is needed and was not found: install one, or name it:" \
		"make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; exit 1

$(VENV)/installed-%: pyproject.toml $(VENV)/created
	@echo "Installing jupyter_tools[$(EXTRAS_$*)] into $(VENV) (a minute or two the first time) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS_$*)]"
	@touch $@
