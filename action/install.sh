#!/usr/bin/env bash
# The action's first step: perfreport on the PATH. A version that is asked for is taken from the releases of the repository that the action
# comes from, by its checksum; without one, or where there is no such release, cargo builds the action's own sources.
set -euo pipefail

folder=${RUNNER_TEMP:?}/perfreport-bin
installer=$GITHUB_ACTION_PATH/packaging/install.sh

if [ -z "${VERSION:-}" ] && command -v perfreport >/dev/null; then
    echo "perfreport is here already: $(command -v perfreport)"
    exit 0
fi
mkdir -p "$folder"
echo "$folder" >>"$GITHUB_PATH"
if [ -x "$folder/perfreport" ]; then
    echo "perfreport comes from the cache"
    exit 0
fi
if [ -n "${VERSION:-}" ]; then
    from=${RELEASES:-${SERVER:-}/${ACTION_REPOSITORY:-}/releases/download/v$VERSION}
    if [ -n "${RELEASES:-}${ACTION_REPOSITORY:-}" ] &&
        PERFREPORT_VERSION=$VERSION PERFREPORT_FROM=$from PERFREPORT_INSTALL_DIR=$folder PERFREPORT_SHA256=${SHA256:-} sh "$installer"; then
        exit 0
    fi
    # Who names a checksum wants that program and no other one.
    if [ -n "${SHA256:-}" ]; then
        echo "::error::The release that was asked for cannot be had, or is not what sha256 says"
        exit 2
    fi
    echo "::warning::The release that was asked for cannot be had: cargo builds the action's own sources"
fi
cargo install --locked --path "$GITHUB_ACTION_PATH" --no-default-features --features parquet --root "$folder/built"
mv "$folder/built/bin/perfreport" "$folder/perfreport"
