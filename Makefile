# Two commands: `make run` and `make test`. Both set up what they need in this clone alone.

PYTHON ?= python3
BIN := .venv/bin
# Number of test processes.
JOBS ?= 2
# What `make torture` runs: the torture tests, and those of others that have long versions.
TORTURE := tests/torture tests/ledger/test_machine.py tests/ledger/test_concurrency.py \
	tests/outcomes/indicators/test_engines.py tests/bonds/scenario/test_quote.py \
	tests/outcomes/determination/test_engines.py tests/outcomes/estimators/test_bounded_scores.py \
	tests/publish/test_suppression.py

.DEFAULT_GOAL := help
.PHONY: help run test torture check bench audit sbom setup setup-dev setup-spark lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: setup ## run the demonstration bond and serve its pages
	@$(BIN)/lmb demo --serve

test: setup-dev check ## check the code and run every test
	$(BIN)/pytest -n $(JOBS)

torture: setup-dev ## kill, cut, fill and starve the database for long (ROUNDS=100 SEED=…)
	$(BIN)/pytest -n $(JOBS) --torture $(if $(ROUNDS),--rounds=$(ROUNDS)) \
		$(if $(SEED),--seed=$(SEED)) $(TORTURE)

check: setup-dev ## format, lint, types and import contracts, without tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup-dev ## run the benchmarks
	$(BIN)/python -m benchmarks $(NAME)

audit: setup-dev ## ask an index for known vulnerabilities of what is locked
	$(BIN)/python scripts/audit.py

sbom: ## write what this is made of (CycloneDX) to var/sbom.json
	$(PYTHON) scripts/sbom.py

setup: ## install everything a run needs (again only when it changed)
	@$(PYTHON) scripts/set_up.py

setup-dev:
	@$(PYTHON) scripts/set_up.py --dev

setup-spark: ## also install Spark (430 MB), which needs Java 17: the indicators on a cluster are tested then
	@$(PYTHON) scripts/set_up.py --dev --spark

lock: setup ## write the lock files again (UPGRADE=1 for newer releases)
	$(PYTHON) scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## stop a server left behind; remove the environment, caches and data of this clone
	@$(PYTHON) scripts/clean.py
