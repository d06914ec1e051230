# make demo: from nothing to a cited answer. make test: the tests. make help lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install
# Pinned, so that nothing newer is fetched each time. On Linux the README says how to get the CPU build
# of it, which is a tenth of the size of the one with CUDA.
TORCH := torch==2.13.0

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz lint bot bench clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: $(VENV)/installed ## Install, index seeds/, ask a sample question and print the cited answer
	$(BIN)/verbatim index
	$(BIN)/verbatim ask "What did Rep. Takano say about the Constitution?"

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

clean: ## Remove the virtual environment and caches; the index in data/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/installed: pyproject.toml
	@echo "Installing Verbatim into $(VENV), which is done once: 420 MB to download, 1.7 GB on disk."
	@$(PYTHON) -m venv $(VENV)
	@echo "1 of 2: PyTorch, which models run on: 190 MB, or several GB with CUDA (see README.md)"
	@$(PIP) --no-deps "$(TORCH)"
	@echo "2 of 2: the model (85 MB) and the libraries (145 MB). This takes about a minute."
	@$(PIP) --quiet --editable .
	@touch $@

$(VENV)/tests: $(VENV)/installed
	@echo "Installing what the tests use."
	@$(PIP) --quiet --editable ".[test]"
	@touch $@

$(VENV)/bench: $(VENV)/tests
	@echo "Installing the libraries that are measured beside Verbatim."
	@$(PIP) --quiet --editable ".[test,bench]"
	@touch $@
