#!/usr/bin/env bash
# The image: built where there is an engine; else what it holds is run as it would be, alone in an empty root, as nobody, without a network.
. "$(dirname "$0")/common.sh"

binary=$(static_program) || skip "no static program: .ci/full musl"
mkdir "$work/results"
cp fixtures/compare/before.csv "$work/results/"
chmod 777 "$work/results"
if docker info >/dev/null 2>&1; then
    mkdir "$work/context"
    cp "$binary" "$work/context/perfreport"
    docker build --quiet --build-arg PROGRAM=perfreport -f packaging/Dockerfile -t perfreport-try "$work/context"
    docker run --rm --network none -v "$work/results:/work" perfreport-try summarize .
    size=$(docker image inspect --format '{{.Size}}' perfreport-try)
    docker image rm --force perfreport-try >/dev/null
    how="built and run"
else
    [ "$(id -u)" -eq 0 ] || skip "no Docker engine, and only root can change the root"
    mkdir -p "$work/root/usr/bin" "$work/root/work"
    cp "$binary" "$work/root/usr/bin/perfreport"
    cp "$work/results/before.csv" "$work/root/work/"
    chown -R 65532:65532 "$work/root/work"
    chmod 755 "$work"
    alone=(chroot --userspec=65532:65532 "$work/root" /usr/bin/perfreport)
    if unshare --net true 2>/dev/null; then alone=(unshare --net "${alone[@]}"); fi
    env -i PATH="$PATH" TMPDIR=/work "${alone[@]}" summarize /work/before.csv -o /work/performance_metrics_report.md
    cp "$work/root/work/performance_metrics_report.md" "$work/results/"
    size=$(stat -c %s "$binary")
    how="no Docker engine here; run alone in an empty root as user 65532"
fi
test -s "$work/results/performance_metrics_report.md"
echo "$how: $size bytes"
