// Fails the build when what a first visit loads grows past its budget, or when a page that must
// work under the gateway's Content-Security-Policy has an inline script.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 250_000;
const dist = new URL("../dist/", import.meta.url);
const page = readFileSync(new URL("index.html", dist), "utf8");
const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((found) => found[1]);
const sizes = scripts.map((file) => [file, gzipSync(readFileSync(new URL(file, dist))).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes) console.log(`${String(size).padStart(8)}  ${file}`);
console.log(`${String(total).padStart(8)}  initial JavaScript, gzip (budget ${budget})`);
if (scripts.length === 0 || total > budget) {
  console.error("the initial JavaScript is missing or over its budget");
  process.exitCode = 1;
}
if (/<script(?![^>]*\ssrc=)/.test(page)) {
  console.error("index.html has an inline script, which the Content-Security-Policy forbids");
  process.exitCode = 1;
}
