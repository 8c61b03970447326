# `make demo` shows the whole cycle, `make test` runs every test. Both install what they need first.
.PHONY: demo test nightly lint format lock wheel clean

demo:
	@sh tools/setup.sh run
	@.venv/bin/stillforsale demo

test:
	@sh tools/setup.sh test
	@.venv/bin/python -m pytest -n auto --dist worksteal -q

nightly:
	@sh tools/setup.sh test
	@.venv/bin/python -m pytest -n auto --dist worksteal -q -m nightly --timeout 3600

lint:
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

format:
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

# Needs `uv` on the path. The locks name no package index.
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/run.txt
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/run.txt -o requirements/test.txt

wheel:
	@.venv/bin/python -m hatchling build -t wheel

clean:
	rm -rf .venv dist build demo-out
