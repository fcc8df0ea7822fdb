#!/bin/sh
# Installs perfreport for this user: sh install.sh
#
#   PERFREPORT_VERSION      which one; that of this file where nothing is said
#   PERFREPORT_INSTALL_DIR  where to; ~/.local/bin where nothing is said
#   PERFREPORT_FROM         a folder or address that holds the archives, instead of the project's releases
#   PERFREPORT_SHA256       the checksum that the archive has to have, instead of the one that lies beside it
#
# The archive has to have the checksum that lies beside it. Nothing is written but the program itself, and nothing is run.
set -eu

home='@HOME@'
version=${PERFREPORT_VERSION:-'@VERSION@'}
from=${PERFREPORT_FROM:-$home/releases/download/v$version}
folder=${PERFREPORT_INSTALL_DIR:-${HOME:?}/.local/bin}

fail() {
    echo "perfreport: $*" >&2
    exit 1
}

# Both become parts of paths and addresses.
case $version in
    '' | *[!0-9A-Za-z.+-]*) fail "PERFREPORT_VERSION is no version" ;;
esac

case $(uname -s) in
    Linux) system=unknown-linux-musl ;;
    Darwin) system=apple-darwin ;;
    *) fail "no program for $(uname -s) here; cargo install perfreport builds it" ;;
esac
case $(uname -m) in
    x86_64 | amd64) processor=x86_64 ;;
    aarch64 | arm64) processor=aarch64 ;;
    *) fail "no program for $(uname -m) here; cargo install perfreport builds it" ;;
esac
name=perfreport-$version-$processor-$system

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

fetch() {
    case $from in
        https://*)
            if command -v curl >/dev/null 2>&1; then
                curl --proto '=https' --tlsv1.2 -fsSL -o "$work/$1" "$from/$1"
            elif command -v wget >/dev/null 2>&1; then
                wget -q --https-only -O "$work/$1" "$from/$1"
            else
                fail "curl or wget is needed"
            fi
            ;;
        *://*) fail "$from: only https or a folder" ;;
        *) cp "$from/$1" "$work/$1" ;;
    esac || fail "$from/$1 cannot be had"
}

fetch "$name.tar.gz"
expected=${PERFREPORT_SHA256:-}
if [ -z "$expected" ]; then
    fetch "$name.tar.gz.sha256"
    expected=$(cut -d ' ' -f 1 <"$work/$name.tar.gz.sha256")
fi
if command -v sha256sum >/dev/null 2>&1; then
    found=$(sha256sum "$work/$name.tar.gz" | cut -d ' ' -f 1)
elif command -v shasum >/dev/null 2>&1; then
    found=$(shasum -a 256 "$work/$name.tar.gz" | cut -d ' ' -f 1)
else
    fail "sha256sum or shasum is needed"
fi
if [ "${#expected}" -ne 64 ] || [ "$expected" != "$found" ]; then
    fail "$name.tar.gz is not what its checksum says: nothing was installed"
fi

tar -xzf "$work/$name.tar.gz" -C "$work" "$name/perfreport"
mkdir -p "$folder"
# Beside its place first, so that a program that runs is replaced and never half written.
cp "$work/$name/perfreport" "$folder/.perfreport.new"
chmod 755 "$folder/.perfreport.new"
mv -f "$folder/.perfreport.new" "$folder/perfreport"
echo "installed $folder/perfreport $version"
case :$PATH: in
    *":$folder:"*) ;;
    *) echo "$folder is not on the PATH: export PATH=\"$folder:\$PATH\"" ;;
esac
