#!/usr/bin/env bash
# Licences, refused crates, duplicates and, where its database can be reached, known faults: `deny.toml`. The first three are a test, too.
. "$(dirname "$0")/common.sh"

cargo deny --version >/dev/null 2>&1 || skip "cargo-deny is not installed (cargo install --locked cargo-deny); the test supply_chain reads the same deny.toml"
cargo deny --locked check bans licenses sources
if cargo deny --locked check advisories; then
    echo "licences, bans, sources and advisories are in order"
else
    echo "licences, bans and sources are in order; advisories: see above (without a network the database cannot be had)"
fi
