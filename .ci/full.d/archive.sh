#!/usr/bin/env bash
# The archive, as somebody without Rust takes it: by the installer, from a folder; what does not fit its checksum is refused.
. "$(dirname "$0")/common.sh"

pack "$work/packages"
archive=$work/packages/perfreport-$version-$musl_target.tar.gz
tar tzf "$archive" | sort >"$work/found"
for name in "" perfreport LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md; do echo "perfreport-$version-$musl_target/$name"; done | sort >"$work/wanted"
diff "$work/wanted" "$work/found"

sed -e 's|@HOME@|https://example.invalid|' -e "s|@VERSION@|$version|" packaging/install.sh >"$work/install.sh"
install_to() { env -i PATH=/usr/bin:/bin HOME="$work/home" PERFREPORT_FROM="$work/packages" PERFREPORT_INSTALL_DIR="$1" sh "$work/install.sh"; }
install_to "$work/bin"
[ "$("$work/bin/perfreport" --version)" = "perfreport $version" ]
two_commands env -i "$work/bin/perfreport"

# As the README says it, in a fresh folder.
command=$(of_the_readme 'PERFREPORT_FROM=packages sh ')
mkdir -p "$work/fresh"
cp -r "$work/packages" "$work/install.sh" "$work/fresh/"
mv "$work/fresh/install.sh" "$work/fresh/packages/"
(cd "$work/fresh" && env -i PATH=/usr/bin:/bin HOME="$work/fresh" sh -c "$command" >/dev/null)
[ "$("$work/fresh/.local/bin/perfreport" --version)" = "perfreport $version" ]

# One byte more, a checksum that is none, a version that is a path.
printf x >>"$archive"
if install_to "$work/other" 2>"$work/said"; then echo "a changed archive was installed"; exit 1; fi
grep -q 'not what its checksum says' "$work/said"
: >"$archive.sha256"
if install_to "$work/other" 2>/dev/null; then echo "an archive without a checksum was installed"; exit 1; fi
if PERFREPORT_VERSION='../x' HOME=$work sh "$work/install.sh" 2>/dev/null; then echo "a path was taken for a version"; exit 1; fi
[ ! -e "$work/other/perfreport" ]
command -v pwsh >/dev/null || echo "install.ps1 was not run: no PowerShell here"
echo "installed from a folder, two commands in $took ms, a changed archive refused"
