#!/usr/bin/env bash
# The program as it is handed out: static, for this machine's processor. Its size, and that it needs no library.
. "$(dirname "$0")/common.sh"

rustup target list --installed 2>/dev/null | grep -qx "$musl_target" || skip "no std for $musl_target (rustup target add $musl_target)"
command -v musl-gcc >/dev/null || skip "no musl-gcc (Debian: musl-tools)"
from=$SECONDS
packaging/dist "$musl_target" "$target_folder/packages"
built=$target_folder/$musl_target/dist/perfreport
if ldd "$built" 2>&1 | grep '=>'; then echo "it needs libraries"; exit 1; fi
size=$(stat -c %s "$built")
[ "$size" -le 15000000 ] || { echo "$size bytes: over 15 MB"; exit 1; }
# No path of the machine that built it.
for path in "$PWD" "${CARGO_HOME:-$HOME/.cargo}" "$(rustc --print sysroot)"; do
    if grep -qF "$path" "$built"; then echo "it holds the path $path"; exit 1; fi
done
echo "static, $size bytes, no paths of this machine in it, built in $((SECONDS - from)) s: $(ldd "$built" 2>&1 | xargs)"
