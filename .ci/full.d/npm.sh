#!/usr/bin/env bash
# The npm packages: that of this platform and the one that people install, from local files, without a network.
. "$(dirname "$0")/common.sh"

binary=$(static_program) || skip "no static program: .ci/full musl"
command -v npm >/dev/null || skip "no npm"
node packaging/npm/pack.mjs "$binary" "$musl_target" "$work/npm"
node packaging/npm/pack.mjs main "$work/npm"
for package in "$work"/npm/*/; do (cd "$package" && npm pack --silent --pack-destination "$work" >/dev/null); done
platform=$(node -p 'process.platform + "-" + process.arch')
mkdir "$work/project"
# The platform's package first: the other one then finds its optional dependency here.
(cd "$work/project" && npm init -y >/dev/null && npm install --silent --offline --no-audit --no-fund "$work/perfreport-$platform-$version.tgz" "$work/perfreport-$version.tgz")
[ "$("$work/project/node_modules/.bin/perfreport" --version)" = "perfreport $version" ]
two_commands "$work/project/node_modules/.bin/perfreport"
# As the README says it, for all projects: into a folder of this test.
command=$(of_the_readme 'npm install ')
mkdir "$work/packages"
cp "$work"/*.tgz "$work/packages/"
(cd "$work" && npm_config_prefix=$work/global npm_config_loglevel=silent sh -c "${command//linux-x64/$platform}" >/dev/null)
[ "$("$work/global/bin/perfreport" --version)" = "perfreport $version" ]
# Exit codes go through, and a platform without a package is told.
code=0
"$work/project/node_modules/.bin/perfreport" summarize /nowhere 2>/dev/null || code=$?
[ "$code" -eq 2 ]
rm -r "$work/project/node_modules/perfreport-$platform"
code=0
"$work/project/node_modules/.bin/perfreport" --version 2>"$work/said" || code=$?
[ "$code" -eq 2 ]
grep -q 'is not installed' "$work/said"
echo "npm packages of $(stat -c %s "$work/perfreport-$platform-$version.tgz") and $(stat -c %s "$work/perfreport-$version.tgz") bytes, two commands in $took ms"
