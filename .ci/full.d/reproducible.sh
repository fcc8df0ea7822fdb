#!/usr/bin/env bash
# The same bytes from two folders: a copy of the sources is built into a target folder of its own, dependencies and all, and compared with
# what `musl` built. Takes as long as that did.
. "$(dirname "$0")/common.sh"

first=$target_folder/$musl_target/dist/perfreport
[ -x "$first" ] || skip "build the first one: .ci/full musl"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
mkdir "$work/elsewhere"
git ls-files -z | xargs -0 cp --parents -t "$work/elsewhere"
(cd "$work/elsewhere" && CARGO_TARGET_DIR=$work/other packaging/dist "$musl_target" "$work/packages")
second=$work/other/$musl_target/dist/perfreport
sha256sum "$first" "$second"
cmp "$first" "$second"
cmp "$target_folder/packages/perfreport-$version-$musl_target.tar.gz" "$work/packages/perfreport-$version-$musl_target.tar.gz"
echo "two builds in two folders gave the same bytes, program and archive"
