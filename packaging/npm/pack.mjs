// npm packages: pack.mjs PROGRAM TARGET FOLDER makes the package of one platform, pack.mjs main FOLDER the one that people install, which
// names those of all platforms as optional dependencies; npm takes the one that fits.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
const stated = (key) => cargo.match(new RegExp(`^${key} = "(.*)"$`, "m"))[1];
const platforms = {
  "x86_64-unknown-linux-musl": { os: "linux", cpu: "x64" },
  "aarch64-unknown-linux-musl": { os: "linux", cpu: "arm64" },
  "x86_64-apple-darwin": { os: "darwin", cpu: "x64" },
  "aarch64-apple-darwin": { os: "darwin", cpu: "arm64" },
  "x86_64-pc-windows-msvc": { os: "win32", cpu: "x64" },
};
const nameOf = ({ os, cpu }) => `perfreport-${os}-${cpu}`;
const common = { version: stated("version"), description: stated("description"), license: stated("license") };

function write(folder, manifest, files) {
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, name), join(folder, name));
  for (const [from, to] of files) {
    copyFileSync(from, join(folder, to));
    chmodSync(join(folder, to), 0o755);
  }
}

const words = process.argv.slice(2);
if (words[0] === "main") {
  const optionalDependencies = Object.fromEntries(Object.values(platforms).map((one) => [nameOf(one), common.version]));
  const manifest = { name: "perfreport", ...common, bin: { perfreport: "bin/perfreport.js" }, optionalDependencies, engines: { node: ">=18" } };
  const folder = join(words[1], "perfreport");
  write(folder, manifest, [[join(root, "packaging", "npm", "perfreport.js"), "bin/perfreport.js"]]);
  copyFileSync(join(root, "README.md"), join(folder, "README.md"));
} else {
  const [program, target, folder] = words;
  const platform = platforms[target];
  if (!platform) throw new Error(`no npm platform for ${target}`);
  const file = platform.os === "win32" ? "perfreport.exe" : "perfreport";
  const manifest = { name: nameOf(platform), ...common, os: [platform.os], cpu: [platform.cpu], preferUnplugged: true };
  write(join(folder, nameOf(platform)), manifest, [[program, `bin/${file}`]]);
}
