# Two commands: `make demo` shows the whole cycle, `make test` runs every test. Both set up what they need.
.PHONY: demo test nightly lint lock bench clean
.DEFAULT_GOAL := demo

demo: ; @sh tools/setup.sh run && .venv/bin/stillforsale demo
