#!/usr/bin/env node
// Runs the program that npm installed for this platform.

const { spawnSync } = require("node:child_process");

const name = `perfreport-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "perfreport.exe" : "perfreport";
let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(`perfreport: the package ${name} is not installed. It comes with npm's optional dependencies (do not give --omit=optional); there is none for every platform: cargo install perfreport builds it.`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`perfreport: ${program} cannot be started: ${error.message}`);
  process.exit(2);
}
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 2);
