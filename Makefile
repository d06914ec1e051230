# make demo: from nothing to a cited answer. make test: the tests. make help lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install
LOCKED := $(PIP) --quiet --no-deps --require-hashes
VERBATIM := $(PIP) --quiet --no-deps --no-build-isolation --editable .
TOOLS := .cache/tools
# Pinned, so that nothing newer is fetched each time. On Linux the README says how to get the CPU build
# of it, which is a tenth of the size of the one with CUDA.
TORCH := torch==2.13.0
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help demo models test fuzz lint bot bench lock audit sbom clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: $(VENV)/installed ## Install, index seeds/, ask a sample question and print the cited answer
	$(BIN)/verbatim index
	$(BIN)/verbatim ask "What did Rep. Takano say about the Constitution?"

models: $(VENV)/models ## Install what runs models other than the bundled ones

test: $(VENV)/tests ## Run the tests
	$(BIN)/python -m pytest

fuzz: $(VENV)/tests ## Give every reader 100,000 damaged inputs, the same ones each time
	$(BIN)/python -m tests.fuzz

lint: $(VENV)/tests ## Run ruff, mypy and deptry
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry bot embeddings retrieval --extend-exclude '.*/training/' --optional-dependencies-dev-groups bench,test,training
	$(BIN)/deptry . --exclude '\$(VENV)'

bot: $(VENV)/installed ## Run the Discord bot; wants DISCORD_TOKEN in the environment or in .env
	$(BIN)/verbatim bot

bench: $(VENV)/bench ## Measure everything beside other libraries and write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.report

lock: $(TOOLS)/installed ## Choose the locked versions anew (requirements/*.txt)
	$(COMPILE) --no-config --upgrade pyproject.toml --excludes requirements/not-needed.txt -o requirements/runtime.txt
	$(COMPILE) --upgrade pyproject.toml requirements/torch.in --extra test \
		--excludes requirements/not-locked.txt -o requirements/test.txt
	$(COMPILE) --no-config --upgrade --python-version 3.11 requirements/postgres.in \
		--excludes requirements/not-in-postgres.txt -o requirements/postgres.txt
	$(COMPILE) --no-config --upgrade requirements/build.in -o requirements/build.txt
	$(COMPILE) --no-config --upgrade requirements/tools.in -o requirements/tools.txt

audit: $(TOOLS)/installed ## Look for known vulnerabilities in the locked versions (asks PyPI)
	$(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/runtime.txt -r requirements/postgres.txt

sbom: $(TOOLS)/installed ## Write build/sbom.json (CycloneDX): what an installation or the image contains
	@mkdir -p build
	@PYTHONWARNINGS=ignore $(TOOLS)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		-o build/sbom.json requirements/runtime.txt

clean: ## Remove the virtual environment and caches; the index in data/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/installed: pyproject.toml requirements/runtime.txt requirements/build.txt
	@echo "Installing Verbatim into $(VENV), which is done once: 180 MB to download, 470 MB on disk."
	@$(PYTHON) -m venv $(VENV)
	@$(LOCKED) -r requirements/build.txt -r requirements/runtime.txt
	@$(VERBATIM)
	@touch $@

$(VENV)/models: $(VENV)/installed
	@echo "Installing PyTorch (190 MB, or several GB with CUDA: see README.md) and sentence-transformers."
	@$(PIP) --no-deps "$(TORCH)"
	@$(PIP) --quiet --editable ".[export]"
	@touch $@

$(VENV)/tests: $(VENV)/installed requirements/test.txt
	@echo "Installing what the tests use, PyTorch (190 MB, or several GB with CUDA: see README.md) first."
	@$(PIP) --no-deps "$(TORCH)"
	@$(LOCKED) -r requirements/test.txt
	@touch $@

$(TOOLS)/installed: requirements/tools.txt
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r requirements/tools.txt
	@touch $@

$(VENV)/bench: $(VENV)/tests
	@echo "Installing the libraries that are measured beside Verbatim."
	@$(PIP) --quiet --editable ".[test,bench]"
	@touch $@
