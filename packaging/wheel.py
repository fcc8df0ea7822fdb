"""A wheel around a program that is built already: wheel.py PROGRAM TARGET FOLDER

`pip install perfreport` then puts the very program of the archives on the path; maturin (pyproject.toml) would build another one. What a
wheel is: https://packaging.python.org/en/latest/specifications/binary-distribution-format/. The same program gives the same bytes.
"""

import base64
import hashlib
import pathlib
import re
import sys
import zipfile

# A static program needs no C library, neither glibc's nor musl's.
TAGS = {
    "x86_64-unknown-linux-musl": "manylinux_2_5_x86_64.manylinux1_x86_64.musllinux_1_1_x86_64",
    "aarch64-unknown-linux-musl": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "x86_64-apple-darwin": "macosx_10_12_x86_64",
    "aarch64-apple-darwin": "macosx_11_0_arm64",
    "x86_64-pc-windows-msvc": "win_amd64",
}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def stated(key):
    """A text of Cargo.toml's first section, which has each key once and on one line."""
    return re.search(rf'^{key} = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.M).group(1)


def main():
    program, target, folder = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    version, tag = stated("version"), TAGS[target]
    info, scripts = f"perfreport-{version}.dist-info", f"perfreport-{version}.data/scripts"
    name = "perfreport.exe" if "windows" in target else "perfreport"
    metadata = "\n".join(
        [
            "Metadata-Version: 2.4",
            "Name: perfreport",
            f"Version: {version}",
            f"Summary: {stated('description')}",
            f"License-Expression: {stated('license')}",
            "License-File: LICENSE-APACHE",
            "License-File: LICENSE-MIT",
            "Description-Content-Type: text/markdown",
            "",
            (ROOT / "README.md").read_text(),
        ]
    )
    kind = ["Wheel-Version: 1.0", "Generator: perfreport", "Root-Is-Purelib: false"]
    kind += [f"Tag: py3-none-{part}" for part in tag.split(".")]
    files = {
        f"{scripts}/{name}": program.read_bytes(),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": ("\n".join(kind) + "\n").encode(),
        f"{info}/licenses/LICENSE-APACHE": (ROOT / "LICENSE-APACHE").read_bytes(),
        f"{info}/licenses/LICENSE-MIT": (ROOT / "LICENSE-MIT").read_bytes(),
    }
    lines = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}")
    lines.append(f"{info}/RECORD,,")
    files[f"{info}/RECORD"] = ("\n".join(lines) + "\n").encode()
    wheel = folder / f"perfreport-{version}-py3-none-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.startswith(scripts) else 0o100644) << 16
            archive.writestr(entry, data)
    print(f"{wheel}: {wheel.stat().st_size} bytes")


main()
