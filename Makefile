# Everything that a person types. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
export FLASK_APP := wsgi.py

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## set up, migrate and serve the hub on http://127.0.0.1:8000 (Ctrl-C drains and stops)
	@scripts/prepare run
	@.venv/bin/flask hub init
	@exec .venv/bin/gunicorn --config config/gunicorn.conf.py wsgi:app

.PHONY: test
test: ## set up, then lint, types, import contracts and the whole suite
	@scripts/prepare test
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m pytest -n 2 --dist worksteal

.PHONY: lint
lint: ## ruff, mypy, import contracts, message maps
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet . || { echo "run: make fix"; exit 1; }
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/flask hub maps lint

.PHONY: fix
fix: ## what ruff can mend by itself
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .

.PHONY: migrate
migrate: ## bring the database up to date
	@scripts/prepare run
	@.venv/bin/flask db upgrade

.PHONY: bench
bench: ## the speed figures, as ratios against a floor measured in the same run
	@scripts/prepare bench
	@$(PYTHON) -m bench

.PHONY: chaos
chaos: ## kill -9 of every process at random moments; ROUNDS=20, SEED=a number to repeat a run
	@scripts/prepare test
	@$(PYTHON) -m tests.faults.chaos --rounds $(or $(ROUNDS),20) $(if $(SEED),--seed $(SEED))

.PHONY: strings
strings: ## refresh the translation catalogues from the sources
	@.venv/bin/pybabel --quiet extract -F babel.cfg -k Phrase -k say --no-location --omit-header -o var/messages.pot .
	@.venv/bin/pybabel --quiet update --no-fuzzy-matching --ignore-pot-creation-date -i var/messages.pot -d hub/translations

.PHONY: lock
lock: ## compile the pinned, hashed requirement files
	@for name in requirements requirements-dev requirements-node; do \
	  .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	    --python-version 3.11 $$name.in -o $$name.txt; done
