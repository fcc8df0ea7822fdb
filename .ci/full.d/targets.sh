#!/usr/bin/env bash
# The program for the systems that are not this one: checked by the compiler, as far as their standard library can be had. Nothing is linked, so that
# the parts in C (Zstandard, BLAKE3) are not looked at: where there is no compiler for them, an empty file stands for what it would make.
. "$(dirname "$0")/common.sh"

command -v rustup >/dev/null || skip "no rustup, and so no standard library of another system"
mkdir -p "$work/bin" "$work/sdk"
cat >"$work/bin/empty-cc" <<'SH'
#!/bin/sh
# Asked which compiler it is, it is clang; whatever else is wanted is an empty file.
for word in "$@"; do [ "$word" != -E ] || { echo clang; exit 0; }; done
while [ "$#" -gt 0 ]; do
    case $1 in
        -o) : >"$2"; shift ;;
        -o*) : >"${1#-o}" ;;
    esac
    shift
done
SH
cat >"$work/bin/empty-ar" <<'SH'
#!/bin/sh
for word in "$@"; do case $word in *.a | *.lib) : >"$word" ;; esac; done
SH
chmod +x "$work/bin/empty-cc" "$work/bin/empty-ar"
# cc would ask Apple's tools for these.
export SDKROOT=$work/sdk MACOSX_DEPLOYMENT_TARGET=11.0

checked=()
for target in x86_64-pc-windows-gnu x86_64-apple-darwin aarch64-apple-darwin; do
    if ! rustup target list --installed | grep -qx "$target" && ! timeout 300 rustup target add "$target" >/dev/null 2>&1; then
        echo "SKIPPED: $target: its standard library cannot be had here (rustup target add $target)"
        continue
    fi
    underscored=${target//-/_}
    how="checked with its C compiler"
    if [[ $target != *windows-gnu ]] || ! command -v x86_64-w64-mingw32-gcc >/dev/null; then
        export "CC_$underscored=$work/bin/empty-cc" "AR_$underscored=$work/bin/empty-ar"
        how="checked, without the parts in C"
    fi
    cargo check --locked --target "$target" --target-dir "$work/target" --no-default-features --features parquet --bin perfreport
    echo "$target: $how"
    checked+=("$target")
done
[ "${#checked[@]}" -gt 0 ] || skip "no standard library of Windows or macOS can be had here"
echo "checked for ${checked[*]}"
