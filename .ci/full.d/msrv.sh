#!/usr/bin/env bash
# The oldest Rust that the crate promises (`rust-version`): compiled with it where it is installed. What can be said without it is said anyway:
# no dependency asks for a newer one, and clippy knows of no newer function of the standard library.
. "$(dirname "$0")/common.sh"

oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
cargo metadata --format-version 1 --locked >"$work/metadata.json" 2>/dev/null
python3 - "$oldest" "$work/metadata.json" <<'PYTHON'
import json
import sys

def parts(text):
    return tuple(int(part) for part in (text + ".0.0").split(".")[:3])

oldest, path = sys.argv[1:]
newer = [
    f"{package['name']} {package['version']} asks for Rust {package['rust_version']}"
    for package in json.load(open(path))["packages"]
    if package.get("rust_version") and parts(package["rust_version"]) > parts(oldest)
]
if newer:
    sys.exit("\n".join(newer))
print(f"no dependency asks for a Rust newer than {oldest}")
PYTHON
toolchain=$(rustup toolchain list 2>/dev/null | sed -n "s/^\(${oldest}[.0-9]*-[^ ]*\).*/\1/p" | head -n 1)
[ -n "$toolchain" ] || skip "Rust $oldest is not installed (rustup toolchain install $oldest); clippy's incompatible_msrv looks at every change"
cargo "+$toolchain" check --locked --target-dir "$work/target"
echo "compiles with Rust $toolchain"
