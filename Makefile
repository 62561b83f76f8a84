# `make demo` and `make test` set up all they need; python3 (>= 3.11), python3-venv, make and git are enough.
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo test kill-index lint serve lock fuzz-metadata clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	python3 -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup  ## the sample claims through the corridor into a fresh archive, reports in demo/
	$(BIN)/verifier demo --out demo

serve: setup demo/archive/archive.db  ## review the demo's claims: the terminal says where, and with which name and password
	$(BIN)/verifier serve --demo demo

demo/archive/archive.db: | setup
	$(BIN)/verifier demo --out demo

test: lint  ## what CI runs: the checks, then all tests; the browser's where a chromium is found
	$(BIN)/python -m pytest -n 2 --dist loadfile

kill-index: setup  ## kill -9 two processes while they index, 50 times
	VERIFIER_KILLS=50 $(BIN)/python -m pytest tests/integration/test_index_survives.py

lint: setup  ## what the pre-commit hooks check
	.ci/checks

lock: setup  ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

N ?= 20000

fuzz-metadata: setup  ## N seeded mutations of files of every container through every reader of metadata (RECORD=--record keeps it)
	$(BIN)/python -m benchmarks.fuzz_metadata --limit $(N) $(RECORD)

clean:
	rm -rf .venv demo verifier-archive
