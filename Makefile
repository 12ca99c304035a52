# The first use of any target makes .venv from the lock; nothing but git, make and Python 3.11 or 3.12 is needed.
OK := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(firstword $(foreach p,python3.12 python3.11 python3 python,$(shell $(p) -c '$(OK)' >/dev/null 2>&1 && echo $(p))))
VENV := .venv
READY := $(VENV)/.ready
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(BIN):$(PATH)
export PYTHONHASHSEED := 0
# Without its bytecode every command, and every process of a test, would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q

.PHONY: review fetch test test-all curate evaluate reference docs check clean
.DEFAULT_GOAL := review

review: $(READY)  ## fetch nothing, read the embedded corpus, pool it, write results/report/index.html
	@$(BIN)/python workflow/scripts/start_review.py

fetch: $(READY)  ## ask PubMed, PMC and ClinicalTrials.gov; the answers go to resources/snapshots/
	@$(BIN)/sonospine fetch --config config/config.yaml

test: $(READY)  ## unit, property, golden and real-record tests
	$(PYTEST) -m "not slow and not browser and not r"

test-all: $(READY)  ## the slow, the browser and the R tests besides
	$(PYTEST) -m "slow or browser or r"

curate: $(READY)  ## open the page on which what was read is corrected; it writes to extracted/curation/ alone
	@$(BIN)/sonospine curate

evaluate: $(READY)  ## score the reader on the gold standards into docs/benchmarks.md
	$(BIN)/sonospine evaluate

reference: $(READY)  ## make the figures of R anew and fail where they differ from those in tests/reference/ (needs R with metafor)
	$(BIN)/python tests/reference/remake.py

docs: $(READY)  ## write what is generated: schemas, docs/configuration.md, docs/tables.md
	$(BIN)/sonospine docs

check: $(READY)  ## format, lint, types
	$(BIN)/ruff format --check src tests benchmarks workflow/scripts
	$(BIN)/ruff check src tests benchmarks workflow/scripts
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/snakemake --lint

clean:  ## remove what can be rebuilt; never extracted/curation/, resources/ or releases/
	rm -rf results extracted/machine extracted/curated logs

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "sonospine needs Python 3.11 or 3.12 with venv (Debian: apt-get install python3-venv); none was found" >&2; exit 1; fi
	@rm -f $@
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
