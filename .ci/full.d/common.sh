# What the parts share. To be sourced, from the root of the repository.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target_folder=${CARGO_TARGET_DIR:-$PWD/target}
musl_target=$(uname -m)-unknown-linux-musl
# shellcheck disable=SC2034 # of those that source this
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

skip() {
    echo "SKIPPED: $*"
    exit 77
}

# The program that is tried: PERFREPORT, else as it is handed out, else what cargo built last.
program() {
    local one
    for one in "${PERFREPORT:-}" "$target_folder/$musl_target/dist/perfreport" "$target_folder/release/perfreport"; do
        if [ -n "$one" ] && [ -x "$one" ]; then
            realpath "$one"
            return
        fi
    done
    return 1
}

# The program as it is handed out: linked statically, so that it runs anywhere.
static_program() {
    local one
    one=$(program) || return 1
    if ldd "$one" 2>&1 | grep -q '=>'; then return 1; fi
    echo "$one"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The archive of this version for this machine in a folder; packed of the program that is there.
pack() {
    local binary
    binary=$(static_program) || skip "no static program: .ci/full musl"
    PERFREPORT_BUILT=$binary packaging/dist "$musl_target" "$1" >/dev/null
}

# A command of the README that begins so, without what is said about it: what people are told is what is tried.
of_the_readme() {
    local line
    line=$(awk -v begin="$1" 'index($0, begin) == 1 { print; exit }' README.md)
    [ -n "$line" ] || { echo "the README has no command that begins with $1" >&2; return 1; }
    printf '%s\n' "${line%%  #*}"
}

# Two commands on a file of requests: a report within two seconds each.
two_commands() {
    local from to
    mkdir -p "$work/try"
    cp fixtures/compare/before.csv fixtures/compare/after.csv "$work/try/"
    from=$(date +%s%N)
    (cd "$work/try" && "$@" summarize before.csv --save-baseline b.json >/dev/null && "$@" summarize after.csv --baseline b.json -o r.html >/dev/null)
    to=$(date +%s%N)
    test -s "$work/try/performance_metrics_report.md"
    test -s "$work/try/r.html"
    took=$(((to - from) / 1000000))
    [ "$took" -lt 2000 ] || { echo "two commands took $took ms"; exit 1; }
}
