#!/usr/bin/env bash
# The action's main step. All inputs come in variables and are never part of a script.
set -euo pipefail

# Text of an input inside of a line that the runner reads: one line, no control characters.
shown() { printf '%s' "$1" | tr -d '\000-\037\177' | sed -e 's/%/%25/g' -e 's/##\[/# #[/g'; }

options=(--ci github)
for ending in md html json xml; do options+=("-o=$OUTPUT.$ending"); done
[ -z "$COMMENT" ] || options+=("--comment=$COMMENT")
[ -z "$SAVE_BASELINE" ] || options+=("--save-baseline=$SAVE_BASELINE")

# A pull request must not choose what it is compared with: with base-ref both files are those of the base.
if [ -n "$BASE_REF" ]; then
    # What begins so would be an option of git, and some of them run programs.
    case $BASE_REF in
        -*)
            echo "::error::base-ref $(shown "$BASE_REF") is no branch and no commit"
            exit 2
            ;;
    esac
    base=$(mktemp -d)
    ref=$BASE_REF
    if ! git rev-parse --quiet --verify --end-of-options "$ref^{commit}" >/dev/null; then
        if ! git fetch --quiet --depth=1 origin -- "$BASE_REF" 2>/dev/null; then
            echo "::error::base-ref $(shown "$BASE_REF") is no branch and no commit"
            exit 2
        fi
        ref=FETCH_HEAD
    fi
    # What the request changes there is shown first, a removed target or a wider margin too; it has no effect.
    if ! git diff --quiet "$ref" -- perfreport.toml; then
        echo "perfreport.toml is taken from $(shown "$BASE_REF"); what differs here has no effect:"
        git diff --no-color --no-ext-diff -U0 "$ref" -- perfreport.toml | sed -n -e '/^[-+][^-+]/p' | tr -d '\000-\010\013-\037' | sed -e 's/##\[/# #[/g' -e 's/^/  /'
    fi
    git show "$ref:./perfreport.toml" >"$base/perfreport.toml" 2>/dev/null || : >"$base/perfreport.toml"
    options+=("--config=$base/perfreport.toml")
    if [ -n "$BASELINE" ]; then
        name=$base/baseline-${BASELINE##*/}
        if git show "$ref:./$BASELINE" >"$name" 2>/dev/null; then
            BASELINE=$name
        else
            rm -f "$name"
            missing="$BASELINE of $BASE_REF"
        fi
    fi
elif [ -n "$BASELINE" ] && [ ! -e "$BASELINE" ]; then
    missing=$BASELINE
fi

if [ -n "${missing:-}" ] && [ "$FIRST_RUN" = allow ]; then
    echo "::notice::$(shown "$missing") does not exist yet: nothing to compare with"
    # Which words that concerns, and whether they stand here, in the arguments or in perfreport.toml, is the program's business.
    options+=(--first-run)
elif [ -n "${missing:-}" ]; then
    echo "::error::$(shown "$missing") does not exist: nothing could regress. Save a baseline there, or say first-run: allow for the first run"
    exit 2
elif [ -n "$BASELINE" ]; then
    options+=("--baseline=$BASELINE")
fi
[ -z "$FAIL_ON" ] || options+=("--fail-on=$FAIL_ON")

# FILES and ARGUMENTS are lists of words on purpose; perfreport expands globs itself. Behind -- no file is taken for an option.
set -f
# shellcheck disable=SC2086
exec perfreport summarize "${options[@]}" $ARGUMENTS -- $FILES
