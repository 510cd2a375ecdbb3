// Prints the gzip size of every chunk and of each page's first load, and fails
// when a first load is above the budget of CONSOLE.md §7 (350 KB).
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const budget = 350 * 1024;
const gz = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const kb = (n) => (n / 1024).toFixed(1).padStart(7) + " KB";

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist)));
const filesOf = (key, seen = new Set()) => {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  (chunk.css ?? []).forEach((css) => seen.add(css));
  (chunk.imports ?? []).forEach((next) => filesOf(next, seen));
  return seen;
};
const sum = (files) => [...files].reduce((total, file) => total + gz(file), 0);

for (const name of readdirSync(new URL("assets/", dist)).sort()) console.log(kb(gz(`assets/${name}`)), name);
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const base = filesOf(entry);
const html = gz("index.html");
const pages = Object.keys(manifest).filter((key) => /Page\.tsx$/.test(key));
const frame = Object.keys(manifest).find((key) => /frame\/Frame\.tsx$/.test(key));
let worst = 0;
for (const page of pages.sort()) {
  const files = new Set([...base, ...filesOf(page)]);
  if (frame && !page.includes("login")) filesOf(frame).forEach((file) => files.add(file));
  const total = html + sum(files);
  worst = Math.max(worst, total);
  console.log(kb(total), "first load", page.replace("src/features/", ""));
}
if (worst > budget) {
  console.error(`first load of ${(worst / 1024).toFixed(1)} KB is above the budget of 350 KB`);
  process.exit(1);
}
