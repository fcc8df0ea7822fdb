"""What the program is made of, as CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/): sbom.py > FILE

From `cargo metadata`: what is linked in as it is handed out (no frames), not what only tests or builds need. The same lock file gives the
same bytes: no serial number and no date.
"""

import json
import pathlib
import subprocess
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-musl"


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--no-default-features", "--features", "parquet"]
    output = subprocess.run([*command, "--filter-platform", TARGET], cwd=ROOT, check=True, capture_output=True).stdout
    metadata = json.loads(output)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    sums = {(one["name"], one["version"]): one.get("checksum") for one in locked}
    root = metadata["resolve"]["root"]

    def needs(identity):
        kinds = lambda one: {kind["kind"] for kind in one["dep_kinds"]}
        return sorted({one["pkg"] for one in nodes[identity]["deps"] if None in kinds(one) and one["pkg"] != root})

    def reference(identity):
        package = packages[identity]
        return f"pkg:cargo/{package['name']}@{package['version']}"

    def component(identity):
        package = packages[identity]
        made = {
            "type": "application" if identity == root else "library",
            "bom-ref": reference(identity),
            "name": package["name"],
            "version": package["version"],
            "purl": reference(identity),
            "licenses": [{"expression": package["license"].replace("/", " OR ")}],
        }
        checksum = sums.get((package["name"], package["version"]))
        if checksum:
            made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        return made

    linked, open_ones = set(), [root]
    while open_ones:
        identity = open_ones.pop()
        if identity not in linked:
            linked.add(identity)
            open_ones += needs(identity)
    others = sorted(linked - {root}, key=reference)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(root)},
        "components": [component(identity) for identity in others],
        "dependencies": [
            {"ref": reference(identity), "dependsOn": sorted(map(reference, needs(identity)))} for identity in [root, *others]
        ],
    }
    print(json.dumps(document, indent=1))


main()
