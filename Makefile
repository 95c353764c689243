# incidens72: `make run` serves it, `make test` proves it. Needs make, Python 3.11 or newer and the package registries.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
PYTHON ?=
CHROMIUM ?=
WORKERS ?= 3
CHAOS_ROUNDS ?= 200
PYTEST_ARGS ?=
export PYTHON CHROMIUM

.PHONY: help
help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: ## Install the product into .venv from requirements.lock (uv if present, else venv and pip)
	@scripts/install.sh runtime

.PHONY: run
run: install ## Serve on 127.0.0.1:8072: web, worker and beat in one process, on SQLite
	@exec $(VENV)/bin/incidens72 up

.PHONY: demo
demo: install ## The same with fictional controllers and incidents, mails kept in a built-in mailbox page
	@exec $(VENV)/bin/incidens72 demo

.PHONY: dev
dev: ## Install what development and tests need on top (requirements-dev.lock)
	@scripts/install.sh dev

.PHONY: test
test: dev ## Run every test on SQLite, PostgreSQL, a Redis-protocol server and a real browser
	@CHROMIUM="$$(scripts/browser.sh)" && export CHROMIUM && \
		exec $(VENV)/bin/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(PYTEST_ARGS)

.PHONY: lint
lint: dev ## Check style, types and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

.PHONY: bench
bench: dev ## Measure, and write docs/benchmarks.md
	$(VENV)/bin/python -m bench

.PHONY: chaos
chaos: dev ## Break everything in turn, and write docs/chaos.md (CHAOS_ROUNDS=200)
	$(VENV)/bin/python -m bench.chaos $(CHAOS_ROUNDS)

.PHONY: fuzz
fuzz: dev ## Call the API in 20,000 ways nobody thought of, and every address as every role (FUZZ_ROUNDS=7)
	WALK=every $(VENV)/bin/python -m pytest tests/web/test_access.py --timeout=3600 $(PYTEST_ARGS)
	$(VENV)/bin/python -m bench.fuzzing

.PHONY: secrets
secrets: ## Make the secret files that compose.yaml reads (kept when they exist)
	@scripts/secrets.sh

.PHONY: lock
lock: ## Resolve the newest allowed versions again and write both lock files (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --group build --output-file requirements.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --group build --group test --group lint --constraints requirements.lock \
		--output-file requirements-dev.lock

.PHONY: clean
clean: ## Remove the environment and every cache; keeps var/, where the data lives
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
