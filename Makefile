# Every habit of the house. `make` alone lists them. Needs Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
# Without kept bytecode every start would compile for nine seconds.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
FRONTROW := $(PYTHON) -m frontrow.cli
NPM := $(PYTHON) -m frontrow.local.nodeweb
LONGEST := 400

.PHONY: help
help: ## List the habits
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# -- using it ----------------------------------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.app ## Start everything on this machine; Ctrl-C stops it (UP="--port 9000" passes options on)
	@exec $(FRONTROW) up $(UP)

.PHONY: audit
audit: $(VENV)/.app ## Ask the running stack's books the standing questions: seats, orders, money
	@$(FRONTROW) audit

# -- working on it -----------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.infra $(VENV)/.checkov ## All tests but the browser's (ONLY=tests/seats narrows the Python ones)
	$(PYTHON) -m pytest $(or $(ONLY),tests -n 3 --dist loadfile --no-loadscope-reorder --durations 15)
	$(if $(ONLY),,$(NPM) run test)

.PHONY: synth
synth: $(VENV)/.infra ## Write the cloud's templates into infra/cdk.out, without an account (FRONTROW_STAGE=staging)
	$(PYTHON) -m infra.app

.PHONY: cost
cost: $(VENV)/.infra ## What a month on AWS costs, line by line, and what each option changes (docs/cost.md)
	$(PYTHON) -m infra.cost

.PHONY: picture
picture: $(VENV)/.infra ## Draw the architecture anew from the cloud's templates (docs/aws.svg)
	$(PYTHON) -m infra.picture

.PHONY: simulate
simulate: $(VENV)/.infra ## Play an on-sale's crowd against the rules of scaling (docs/scaling.md)
	$(PYTHON) -m infra.simulate

.PHONY: values
values: $(VENV)/.infra ## Every value: asked for, in the template, read back from a stand-in (docs/aws-values.md)
	$(PYTHON) -m infra.values

.PHONY: infra-test
infra-test: $(VENV)/.infra $(VENV)/.checkov ## Judge the cloud's templates: types, and every value that they must have
	$(BIN)/mypy -p infra
	$(PYTHON) -m pytest tests/infra

.PHONY: deploy-local
deploy-local: $(VENV)/.infra ## Put every stack into a stand-in for AWS on this machine, and read back what is there
	$(PYTHON) -m infra.local deploy

.PHONY: destroy-local
destroy-local: $(VENV)/.infra ## Take every stack out again, and end the stand-in
	$(PYTHON) -m infra.local destroy

.PHONY: model
model: $(VENV)/.dev ## Search the purchase's protocol in every state (BUYERS=3; SHOW=name explains a mutant)
	$(if $(SHOW),$(PYTHON) -m tests.model --show $(SHOW),\
	  $(PYTHON) -m tests.model --buyers $(or $(BUYERS),2) && $(PYTHON) -m tests.model --mutants)

.PHONY: check
check: lint types layers lengths web-check client-check ## Everything a machine can judge: style, types, layers, lengths, stale client

.PHONY: e2e
e2e: $(VENV)/.e2e ## A person in a real browser buys a ticket (needs Chromium)
	$(PYTHON) -m pytest e2e

.PHONY: deploy
deploy: $(VENV)/.infra ## Put a stage into its AWS account, from nothing on or anew (STAGE=staging; docs/deploy.md)
	STAGE=$(STAGE) $(PYTHON) -m infra.deploy all

.PHONY: load
load: $(VENV)/.dev ## Visitors on a stage of your own (URL=https://… CONFIRM=its-host BUYERS=50 FOR=60 RAMP=20)
	$(PYTHON) -m bench.visitors $(URL) $(if $(CONFIRM),--confirm $(CONFIRM)) --buyers $(or $(BUYERS),50) \
	  --seconds $(or $(FOR),60) --ramp $(or $(RAMP),20)

.PHONY: screens
screens: $(VENV)/.e2e ## Take the pictures of every page in docs/screens anew (needs Chromium)
	$(PYTHON) -m e2e.screens

.PHONY: bench
bench: $(VENV)/.dev ## Measure under load (ONLY=name for one)
	$(PYTHON) -m bench $(ONLY)

.PHONY: client
client: $(VENV)/.app ## Make the TypeScript client anew from the API
	$(FRONTROW) openapi > web/openapi.json.new
	mv web/openapi.json.new web/openapi.json
	$(NPM) run generate

.PHONY: format
format: $(VENV)/.dev ## Bring Python sources into the house's shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: lock
lock: $(VENV)/.made ## Pin the newest versions of all dependencies, with hashes
	for name in tools server app dev infra checkov e2e; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11 \
	    requirements/$$name.in -o requirements/$$name.txt; done

.PHONY: clean
clean: ## Remove what was built and installed; the stack's data in .frontrow stay
	rm -rf $(VENV) web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- the parts of check ------------------------------------------------------------------------------------------------

.PHONY: lint types layers lengths web-check client-check
lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.infra
	$(BIN)/mypy
	$(BIN)/mypy -p infra

layers: $(VENV)/.dev
	$(BIN)/lint-imports

lengths:
	@git ls-files -- '*.py' '*.ts' '*.tsx' '*.css' ':!web/src/client' ':!migrations/versions' \
	  | while read -r file; do [ ! -f "$$file" ] || echo "$$(wc -l < "$$file") $$file"; done \
	  | awk '$$1 > $(LONGEST) { print $$2 " has " $$1 " lines; $(LONGEST) is the most"; bad = 1 } END { exit bad }'

web-check: $(VENV)/.app
	$(NPM) run lint
	$(NPM) run typecheck

client-check: $(VENV)/.app
	@before=$$(cat web/openapi.json $$(find web/src/client -type f | sort) | cksum); \
	$(MAKE) client > /dev/null; \
	after=$$(cat web/openapi.json $$(find web/src/client -type f | sort) | cksum); \
	[ "$$before" = "$$after" ] || { echo "The client was stale. It has been made anew: look at it and commit it."; exit 1; }

# -- the environment ---------------------------------------------------------------------------------------------------

# The first Python that is new enough, tried rather than only found: version managers put names on the PATH that don't run.
# uv installs eight times faster than pip, so the venv gets uv alone, by the pip of that Python or by one of its own.
$(VENV)/.made: requirements/tools.txt
	@for python in python3.13 python3.12 python3.11 python3; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || continue; \
	  $$python -m venv --without-pip $(VENV) 2> /dev/null || continue; \
	  $$python -m pip --python $(PYTHON) $(INSTALL) $< 2> /dev/null && exit; \
	  $(PYTHON) -m ensurepip > /dev/null 2>&1 || { bare=$$python; continue; }; \
	  $(PYTHON) -m pip $(INSTALL) $< || echo "No uv here; pip it is."; \
	  exit 0; done; \
	if [ -n "$${bare:-}" ]; then echo "$$bare has neither pip nor ensurepip. On Debian: apt-get install python3-venv"; \
	else echo "Frontrow needs Python 3.11 or newer, and found none on the PATH."; fi; exit 1
	@# Neither a build nor an installation: the sources are where they are, and one line tells Python so.
	@echo "$(CURDIR)/src" > "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/frontrow.pth"
	@printf '#!%s\nfrom frontrow.cli import main\n\nmain()\n' "$(CURDIR)/$(PYTHON)" > $(BIN)/frontrow
	@chmod +x $(BIN)/frontrow
	@touch $@

INSTALL := install --quiet --disable-pip-version-check --require-hashes -r

define install
	@echo "Installing $(1)"
	@{ [ -x $(BIN)/uv ] && VIRTUAL_ENV=$(CURDIR)/$(VENV) UV_SYSTEM_CERTS=true $(BIN)/uv pip install --quiet --require-hashes -r $(1); } \
	  || { $(PYTHON) -m pip --version > /dev/null 2>&1 || $(PYTHON) -m ensurepip > /dev/null; \
	       $(PYTHON) -m pip $(INSTALL) $(1); }
	@touch $@
endef

$(VENV)/.app: requirements/app.txt pyproject.toml $(VENV)/.made
	$(call install,requirements/app.txt)

$(VENV)/.dev: requirements/dev.txt $(VENV)/.app
	$(call install,requirements/dev.txt)

$(VENV)/.e2e: requirements/e2e.txt $(VENV)/.dev
	$(call install,requirements/e2e.txt)

$(VENV)/.infra: requirements/infra.txt $(VENV)/.dev
	$(call install,requirements/infra.txt)

# An environment inside ours: checkov wants older versions of what the cloud's own tests have.
$(VENV)/.checkov: requirements/checkov.txt $(VENV)/.made
	@echo "Installing $<"
	@rm -rf $(VENV)/checkov
	@{ [ -x $(BIN)/uv ] && $(BIN)/uv venv --quiet --python $(PYTHON) $(VENV)/checkov \
	    && VIRTUAL_ENV=$(CURDIR)/$(VENV)/checkov UV_SYSTEM_CERTS=true $(BIN)/uv pip install --quiet --require-hashes -r $<; } \
	  || { $(PYTHON) -m venv --clear $(VENV)/checkov && $(VENV)/checkov/bin/python -m pip $(INSTALL) $<; }
	@touch $@
