PYTHON ?= python3
PORT   ?= 8000
TODAY  ?= 2021-06-24
KILLS  ?= 200
TAKEOVERS ?= 20
BIN    := .venv/bin
RUNENV := TRACKER_ENV=demo TRACKER_TODAY=$(TODAY) TRACKER_BASE_URL=http://127.0.0.1:$(PORT)

.PHONY: run test bench drill lint lock clean

run: .venv/run.stamp            ## the demo: database, 28-task plan, accounts, web server with scheduler
	@$(RUNENV) $(BIN)/tracker db upgrade
	@$(RUNENV) $(BIN)/tracker seed --demo --history
	@exec env $(RUNENV) $(BIN)/tracker serve --port $(PORT) --with-scheduler

test: .venv/dev.stamp           ## the whole suite, on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest -n 2
	@TRACKER_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 -m "not once"

bench: .venv/dev.stamp          ## page and filing times beside a bare Flask page
	@$(BIN)/python bench/run.py

drill: .venv/dev.stamp          ## kills schedulers while letters flow (about half an hour); KILLS=20 for a short one
	@for database in sqlite postgresql; do \
	  $(BIN)/python -m drills.kills --database $$database --kills $(KILLS) || exit 1; done
	@$(BIN)/python -m drills.takeover --database sqlite --schedulers 2 --kills $(TAKEOVERS)
	@$(BIN)/python -m drills.takeover --database postgresql --schedulers 3 --kills $(TAKEOVERS) --freeze 5

lint: .venv/dev.stamp
	@$(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/bandit -q -c pyproject.toml -r tracker wsgi.py

lock:                           ## new pins with hashes (needs uv)
	uv pip compile pyproject.toml --extra postgres --group build --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate -q -U -o requirements.lock
	uv pip compile pyproject.toml --extra postgres --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate -q -U -o requirements-dev.lock

clean:                          ## removes the virtual environment; data under instance/ stays
	rm -rf .venv build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更高版本（可用 make run PYTHON=python3.12 指定）。"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "无法建立虚拟环境：请先安装 venv 组件，例如 apt install python3-venv，再重新运行。"; exit 1; }

.venv/run.stamp: .venv/bin/python requirements.lock pyproject.toml
	@test -f .venv/dev.stamp || $(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/bin/python requirements-dev.lock pyproject.toml
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@
