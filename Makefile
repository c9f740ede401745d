# make run, make test; the rest is for working on it.

.PHONY: run test check format

TEST = cargo run --quiet --package tessera-server --example with_postgres -- cargo test --workspace

run: node_modules
	cargo build --release --package tessera-server
	target/release/tessera serve --demo

# On a throw-away Postgres of its own; TEST_DATABASE_URL=postgres://superuser@host/db names another.
test: node_modules
	$(if $(TEST_DATABASE_URL),cargo test --workspace,$(TEST)) --no-fail-fast

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

format:
	cargo fmt --all

# The embedded Postgres.
node_modules: package-lock.json
	npm ci --no-audit --no-fund
	touch node_modules
