# `make run` and `make test` need nothing but Debian's python3, python3-venv, make and git; ops/setup.sh looks after the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTHON ?=
export PYTHON
NPM := $(BIN)/python hatch_build.py npm
FAST := not slow and not postgres and not browser
PYTEST := $(BIN)/pytest -n logical --maxprocesses 4

STORE ?= sqlite
RUNS ?= 300
TTL ?= 2
POOLER ?=
OUTAGE ?= 0
SECONDS ?= 60
SEED ?= 1
ONLY ?=
STREAMS ?= 200
RATE ?= 50
LEASE ?= 8

.PHONY: help run test check check-python check-web format bench bench-page chaos rolling storm shots budget web lock openapi docs package clean image sbom container

help:
	@echo 'make run      serve http://localhost:3210 (PORT=... for another port)'
	@echo 'make test     every test; make check: format, lint, types, import rules and the fast tests in about a minute'
	@echo 'make chaos    kill and stop processes under live streams: RUNS=300 STORE=sqlite|postgres TTL=2 OUTAGE=30 POOLER=1'
	@echo 'make rolling  restart, kill and freeze three replicas behind HAProxy under live streams: STREAMS=200 RATE=50 LEASE=8'
	@echo 'make storm    requests that are cut at any moment, and what they leave behind: SECONDS=60 STORE=sqlite|postgres SEED=1'
	@echo 'make image    the container image, with podman: IMAGE=name BASE=image; make sbom: what it is made of; make container: try its contract'
	@echo 'make bench    what a token costs, beside a bare relay and nginx: STORE=sqlite|postgres'
	@echo 'make bench-page  what a streaming answer costs the page, in Chromium, beside its budgets'
	@echo 'make shots    screenshots into docs/images, of some with ONLY=home,compare or named; make budget: bytes and requests of the first page'
	@echo 'make docs     generated reference pages; make openapi: the API description; make lock: the locked packages'

# The environments are stamped, so a second `make run` starts at once. dev.txt holds all of base.txt.
.venv/base.stamp: requirements/base.txt
	@sh ops/setup.sh base

.venv/dev.stamp: requirements/dev.txt
	@sh ops/setup.sh dev

.venv/package.stamp: pyproject.toml .venv/base.stamp
	@PORTICO_SKIP_WEB=1 $(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

web: .venv/base.stamp
	@$(BIN)/python hatch_build.py

run: .venv/base.stamp .venv/package.stamp web
	@exec $(BIN)/portico serve

test: .venv/dev.stamp .venv/package.stamp web
	@sh ops/setup.sh browser
	@sh ops/setup.sh haproxy pgbouncer promtool
	@$(PYTEST) -m 'not browser'
	@$(PYTEST) -m browser

check: .venv/dev.stamp .venv/package.stamp
	@$(MAKE) -j2 check-python check-web
	@$(PYTEST) -q -m '$(FAST)'

check-python:
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	@$(BIN)/basedpyright

check-web:
	@$(NPM) run --silent check

format: .venv/dev.stamp
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .
	@$(NPM) run --silent format

bench: .venv/dev.stamp .venv/package.stamp web
	@$(BIN)/python -m ops.bench --store $(STORE)

bench-page: .venv/dev.stamp .venv/package.stamp web
	@sh ops/setup.sh browser
	@$(BIN)/python -m tests.e2e.bench

chaos: .venv/dev.stamp .venv/package.stamp
	@$(if $(POOLER),sh ops/setup.sh pgbouncer)
	@$(BIN)/python -m tests.chaos --runs $(RUNS) --store $(STORE) --ttl $(TTL) --outage $(OUTAGE) $(if $(POOLER),--pooler)

rolling: .venv/dev.stamp .venv/package.stamp
	@sh ops/setup.sh haproxy
	@$(BIN)/python -m tests.rolling --streams $(STREAMS) --rate $(RATE) --ttl $(LEASE)

storm: .venv/dev.stamp .venv/package.stamp
	@$(BIN)/python -m tests.storm --seconds $(SECONDS) --store $(STORE) --seed $(SEED)

IMAGE ?= localhost/portico:latest
BASE ?=

image:
	@sh ops/image.sh $(IMAGE) $(BASE)

sbom: .venv/dev.stamp
	@sh ops/sbom.sh dist

container: .venv/dev.stamp .venv/package.stamp image
	@$(BIN)/python -m tests.container $(IMAGE) $(or $(BASE),localhost/portico-base:bookworm)

shots: .venv/dev.stamp .venv/package.stamp web
	@sh ops/setup.sh browser
	@$(BIN)/python -m tests.e2e.shots $(ONLY)

budget: web
	@$(NPM) run --silent budget

openapi: .venv/dev.stamp .venv/package.stamp
	@$(BIN)/portico openapi > docs/reference/openapi.json.new
	@mv docs/reference/openapi.json.new docs/reference/openapi.json
	@$(NPM) ci --prefix tools --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(NPM) run --silent schema
	@sum=$$(sha256sum docs/reference/openapi.json | cut -d ' ' -f 1) && sed -i "1i // Made from docs/reference/openapi.json, sha256 $$sum" web/src/api/schema.d.ts

docs: .venv/dev.stamp .venv/package.stamp
	@$(BIN)/portico docs docs/reference
	@$(BIN)/python -m ops.chart

# The lock holds versions and hashes of every platform, and no address of a registry.
LOCK := .cache/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

lock: .cache/lock/bin/uv
	@$(LOCK) --upgrade requirements/base.in -o requirements/base.txt
	@$(LOCK) requirements/run.in -c requirements/base.txt -o requirements/run.txt
	@$(LOCK) --upgrade requirements/base.in requirements/dev.in -c requirements/base.txt -o requirements/dev.txt

.cache/lock/bin/uv: .venv/base.stamp
	@$(BIN)/python -m venv .cache/lock
	@.cache/lock/bin/pip install --quiet --disable-pip-version-check uv

clean:
	@rm -rf .cache .venv build dist src/portico/static web/node_modules
