#!/usr/bin/env bash
# The wheel: made around the program, installed into a fresh environment without a network, run.
. "$(dirname "$0")/common.sh"

binary=$(static_program) || skip "no static program: .ci/full musl"
command -v python3 >/dev/null || skip "no python3"
python3 -m venv "$work/venv" || skip "python3 cannot make environments here (Debian: python3-venv)"
python3 packaging/wheel.py "$binary" "$musl_target" "$work"
# The same program, the same bytes.
mkdir "$work/again"
python3 packaging/wheel.py "$binary" "$musl_target" "$work/again" >/dev/null
cmp "$work"/*.whl "$work"/again/*.whl
# As the README says it.
command=$(of_the_readme 'pip install ')
mkdir "$work/packages"
cp "$work"/*.whl "$work/packages/"
(cd "$work" && PATH=$work/venv/bin:$PATH PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1 sh -c "$command")
[ "$("$work/venv/bin/perfreport" --version)" = "perfreport $version" ]
"$work/venv/bin/pip" show --files perfreport >"$work/shown"
grep -q bin/perfreport "$work/shown"
two_commands "$work/venv/bin/perfreport"
"$work/venv/bin/pip" uninstall --quiet --yes perfreport
[ ! -e "$work/venv/bin/perfreport" ]
# What `pip install .` builds from: the same files, by maturin.
if "$work/venv/bin/pip" install --quiet --disable-pip-version-check 'maturin>=1.7,<2' >/dev/null 2>&1; then
    "$work/venv/bin/maturin" sdist --out "$work/sdist" >/dev/null 2>&1
    tar tzf "$work"/sdist/*.tar.gz >"$work/listed"
    grep -q '/src/main.rs$' "$work/listed"
    sdist="; maturin packs the sources"
else
    sdist="; maturin cannot be had here"
fi
echo "wheel of $(stat -c %s "$work"/*.whl) bytes, installed and removed, two commands in $took ms$sdist"
