// Inputs that are too large to stand among the fixtures, the same in every run.
import { writeFileSync } from "node:fs";

/** Numbers between 0 and 1 (Park and Miller's generator). */
export function random(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Durations with a long tail around a median. */
const duration = (next, median) => median * Math.exp(0.35 * (next() + next() + next() + next() - 2));

/** Requests of so many endpoints; one of them slower by a factor, and one of them failing. */
export function endpoints(path, { count, each, slower = 1, failing = 0, seed = 7 }) {
  const next = random(seed);
  const lines = ["timestamp,endpoint,status,latency_ms"];
  for (let at = 0; at < count * each; at++) {
    const endpoint = at % count;
    const failed = endpoint === 3 && next() < failing;
    const time = duration(next, 40 + 5 * endpoint) * (endpoint === 1 ? slower : 1);
    lines.push(`${(1767225600 + at * 0.05).toFixed(3)},GET /shop/${String.fromCharCode(97 + (endpoint % 26))}${endpoint >= 26 ? "x" : ""},${failed ? 503 : 200},${time.toFixed(2)}`);
  }
  writeFileSync(path, lines.join("\n") + "\n");
}

/** So many metrics in groups, a row each. */
export function metrics(path, { count, groups, each }) {
  const next = random(11);
  const names = Array.from({ length: count }, (_, at) => `stage_${String.fromCharCode(97 + (at % 26))}${Math.floor(at / 26)}_ms`);
  const lines = ["kind," + names.join(",")];
  for (let group = 0; group < groups; group++) {
    for (let at = 0; at < each; at++) {
      lines.push(`kind ${String.fromCharCode(97 + group)},` + names.map((_, place) => duration(next, 10 + place).toFixed(2)).join(","));
    }
  }
  writeFileSync(path, lines.join("\n") + "\n");
}

/** So many requests on a clock. */
export function samples(path, count) {
  const next = random(13);
  const lines = ["timestamp,endpoint,status,latency_ms"];
  for (let at = 0; at < count; at++) {
    const slow = at > count * 0.6 && at < count * 0.65 ? 3 : 1;
    lines.push(`${(1767225600 + at * 0.001).toFixed(3)},GET /${at % 3 ? "search" : "order"},${next() < 0.002 ? 503 : 200},${(duration(next, 60) * slow).toFixed(2)}`);
  }
  writeFileSync(path, lines.join("\n") + "\n");
}

/** Requests at levels of load: throughput grows until eight threads, latency from then on. */
export function levels(path, threads) {
  const next = random(17);
  const lines = ["timestamp,threads,status,latency_ms"];
  let at = 1767225600;
  for (const level of threads) {
    const rate = 25 * Math.min(level, 8);
    for (let count = 0; count < rate * 20; count++, at += 1 / rate) {
      lines.push(`${at.toFixed(3)},${level},200,${(duration(next, 40) * Math.max(1, level / 8)).toFixed(2)}`);
    }
  }
  writeFileSync(path, lines.join("\n") + "\n");
}
