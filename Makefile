# One door: people, hooks and CI call the same targets. `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
DATA_DIR_GIVEN = $(if $(DATA_DIR),--data '$(DATA_DIR)')

.PHONY: help venv demo test check lock reference adversarial bench bench-data load acceptance safety kill simulate sweep races schema matrix contract up screenshots
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

.venv/demo.stamp: requirements.lock
	@echo "Making .venv from requirements.lock …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python {sys.version.split()[0]} was refused: set PYTHON to 3.11 or newer.")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install -qq --require-hashes -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock
	@echo "Making .venv from requirements-dev.lock …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python {sys.version.split()[0]} was refused: set PYTHON to 3.11 or newer.")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install -qq --require-hashes -r requirements-dev.lock
	@touch .venv/demo.stamp $@

venv: .venv/demo.stamp ## the virtual environment alone (.venv)

demo: export DEMO_BEGAN := $(shell date +%s)
demo: .venv/demo.stamp ## three tenants, their calls fetched over HTTP and checked (CHECK=1: no terminal, checks itself)
	@exec $(PY) manage.py demo $(if $(CHECK),--check)

up: .venv/demo.stamp ## database, web and worker in the foreground
	@exec $(PY) manage.py up

test: .venv/dev.stamp ## every test but those that make check runs
	@$(PY) -m pytest -n 2 --dist worksteal -m 'not alone and not browser' --ignore tests/architecture
	@$(PY) -m pytest -n 2 --dist worksteal -m browser
	@$(PY) -m pytest -m alone

check: .venv/dev.stamp ## format, lint, types, import contracts, architecture, migrations, deployment settings
	@$(PY) -m tests.check

kill: .venv/dev.stamp ## the kill test alone, with more seeds
	@KILL_SEEDS=$(or $(SEEDS),20) $(PY) -m pytest -m kill

simulate: .venv/dev.stamp ## ingest against a failing vendor by a clock of its own, two halves of SEEDS at once
	@half=$$(( $(or $(SEEDS),500) / 2 )); run="$(PY) -m pytest -q -s -p no:logging -m simulate -k every_call"; \
	SIMULATE_SEEDS=$$half SIMULATE_FIRST=$$half $$run & \
	SIMULATE_SEEDS=$$half SIMULATE_FIRST=0 $$run && wait $$!

races: .venv/dev.stamp ## one call by eight ways at once, two reviewers of one finding, 300 times each (ROUNDS)
	@RACES=$(or $(ROUNDS),300) $(PY) -m pytest -q -p no:logging -k 'eight_ways or two_reviewers_at_once' \
		tests/integration/test_watching.py tests/integration/test_decide.py

schema: .venv/dev.stamp ## a database by the squashed migrations beside one by their single steps: nothing differs
	@$(PY) -m tests.schema

matrix: .venv/dev.stamp ## no request reaches another tenant: by every method, and with each wall's every part taken away
	@SHARED_CALLS=1000 $(PY) -m pytest -q -p no:logging tests/integration/test_shared_account.py -k many_calls
	@MATRIX=1 $(PY) -m pytest -q -s tests/security/test_matrix.py tests/security/test_hostile_text.py

contract: .venv/dev.stamp ## the API against its own schema, by two tenants at once, all phases (EXAMPLES of each, SEED)
	@CONTRACT_EXAMPLES=$(or $(EXAMPLES),800) CONTRACT_SEED=$(or $(SEED),1) $(PY) -m pytest -q -s -p no:logging tests/verification/test_api_contract.py

sweep: .venv/dev.stamp ## ingest with each of its statements and requests failing in turn, in three ways
	@SIMULATE_SWEPT=0 $(PY) -m pytest -q -p no:logging -m simulate -k wherever

reference: .venv/dev.stamp ## the rule language against its definition by brute force (CASES, SEED)
	@$(PY) -m tests.reference --cases $(or $(CASES),100000) --seed $(or $(SEED),1)

bench: .venv/dev.stamp ## measurements with peers side by side (peers: bench/requirements-peers.txt)
	@$(PY) -m bench.pipeline
	@$(PY) -m bench.ingest $(if $(DATA),--data '$(DATA)')
	@$(PY) -m bench.web $(DATA_DIR_GIVEN)
	@$(PY) -m bench.hooks
	@$(PY) -m bench.api $(DATA_DIR_GIVEN)
	@$(PY) -m bench.exports $(DATA_DIR_GIVEN)
	@$(PY) -m bench.language $(if $(PEERS),--peer-python '$(PEERS)')
	@$(PY) -m bench.pii $(if $(DATA),--data '$(DATA)') $(if $(PEERS),--peer-python '$(PEERS)')
	@$(if $(DATA),$(PY) -m bench.duplicates --data '$(DATA)')

bench-data: .venv/dev.stamp ## a tenant of a million findings and a million utterances, once (DATA_DIR, 4 GB)
	@$(PY) -m bench.data $(DATA_DIR_GIVEN)

LOCUST ?= var/locust
$(LOCUST)/stamp: bench/requirements-load.txt
	@$(PYTHON) -m venv $(LOCUST)
	@$(LOCUST)/bin/python -m pip install -qq -r bench/requirements-load.txt
	@touch $@

load: .venv/dev.stamp $(LOCUST)/stamp ## fifty reviewers at one action a second on that tenant (DATA_DIR, SECONDS)
	@$(PY) -m bench.load --locust $(LOCUST)/bin/python $(DATA_DIR_GIVEN) $(if $(SECONDS),--seconds $(SECONDS))

adversarial: .venv/dev.stamp ## hostile rubrics: none above 2 s or 200 MB (QUERIES)
	@$(PY) -m bench.language.adversarial --queries $(or $(QUERIES),100000)

acceptance: .venv/dev.stamp ## our rubrics beside the truth of real dialogues, rule by rule (DATA=directory with calls/)
	@$(PY) -m bench.acceptance --data '$(DATA)'

safety: .venv/dev.stamp ## the safety layer beside others: what is found, what is not, how fast (DATA, PEERS)
	@$(PY) -m bench.safety --data '$(DATA)' $(if $(PEERS),--peer-python '$(PEERS)')

screenshots: .venv/dev.stamp ## renew the pictures in docs/pictures
	@SCREENSHOTS=1 $(PY) -m pytest -q tests/functional/test_screenshots.py

lock: .venv/dev.stamp ## renew requirements.lock and requirements-dev.lock
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra dev pyproject.toml -o requirements-dev.lock
