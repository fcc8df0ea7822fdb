#!/usr/bin/env bash
# What crates.io would get: the files, their size, and that the library and the program build from them alone.
. "$(dirname "$0")/common.sh"

# What a user of the crate does not need stays out: see `exclude` in Cargo.toml.
cargo package --list --locked --allow-dirty 2>/dev/null >"$work/list"
if grep -E '^(\.ci|\.github|tests|benches|fuzz|packaging|docs/gallery|proptest-regressions|integrations)/' "$work/list"; then
    echo "these files are no part of the crate"
    exit 1
fi
for needed in Cargo.lock README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE src/main.rs templates/report.md fixtures/compare/before.csv; do
    grep -qx "$needed" "$work/list" || { echo "$needed is not in the crate"; exit 1; }
done
cargo package --locked --allow-dirty --no-verify --quiet --target-dir "$work/target" 2>/dev/null
crate=$work/target/package/perfreport-$version.crate
tar xzf "$crate" -C "$work"
size=$(stat -c %s "$crate")
# The target folder of the project has the dependencies already.
(cd "$work/perfreport-$version" && cargo check --release --locked --quiet --target-dir "$target_folder")
[ "$size" -lt 2000000 ] || { echo "$size bytes: over 2 MB"; exit 1; }
echo "perfreport-$version.crate: $(wc -l <"$work/list") files, $size bytes, builds from its own files"
