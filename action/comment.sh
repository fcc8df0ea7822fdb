#!/usr/bin/env bash
# The action's last step: one comment on the pull request, written the first time and brought up to date from then on. Where the token may
# not write (requests from forks), the step summary has to do, and nothing fails.
set -euo pipefail

if [ ! -s "$COMMENT" ]; then
    echo "no comment was written"
    exit 0
fi
number=$(sed -n 's/^refs\/pull\/\([0-9][0-9]*\)\/.*$/\1/p' <<<"${GITHUB_REF:-}")
if [ -z "$number" ]; then
    echo "this is no pull request: nothing to comment on"
    exit 0
fi
comments=repos/$GITHUB_REPOSITORY/issues/$number/comments
# Only what a bot wrote: others may begin a comment in the same way.
own='.[] | select(.user.type == "Bot" and (.body | startswith("<!-- perfreport -->"))) | .id'
body=$(realpath -- "$COMMENT")
# All of them are read before the first is taken: a pipe that is closed early would look as if there were none.
ids=$(gh api --paginate "$comments" --jq "$own") || ids=
id=${ids%%$'\n'*}
if [[ $id =~ ^[0-9]+$ ]]; then
    call=(--method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id")
else
    call=(--method POST "$comments")
fi
if gh api --silent "${call[@]}" -F "body=@$body"; then
    echo "the comment on the pull request is up to date"
else
    echo "::notice::No comment: the token may not write here (requests from forks have none that may). The step summary says the same"
fi
