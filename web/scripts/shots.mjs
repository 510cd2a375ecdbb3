// Looks at every page and every face of the desk, in both languages and sizes,
// with data, empty and in trouble: pictures into web/shots, and the rules of
// inspect.mjs on each. Ends with 1 when a rule is broken or a page throws.
//
//   node scripts/shots.mjs                 everything, with pictures
//   node scripts/shots.mjs --check         the rules only, of what people work on every day (make test)
//   node scripts/shots.mjs desk trouble    some parts only: door desk house promises lists empty trouble
//
// It starts demos of its own unless RINGBACK_URL (and RINGBACK_EMPTY_URL) name running ones.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { desk } from "./looks/desk.mjs";
import { door } from "./looks/door.mjs";
import { house } from "./looks/house.mjs";
import { lists } from "./looks/lists.mjs";
import { promises } from "./looks/promises.mjs";
import { empty } from "./looks/empty.mjs";
import { trouble } from "./looks/trouble.mjs";
import { Looker } from "./looks/looker.mjs";
import { launch, startDemo, web } from "./stage.mjs";

const args = process.argv.slice(2);
const pictures = !args.includes("--check");
const wanted = args.filter((arg) => !arg.startsWith("--"));
const everyDay = ["door", "desk", "house", "promises", "lists"];
const has = (name) => (wanted.length === 0 ? pictures || everyDay.includes(name) : wanted.includes(name));
const out = join(web, "shots");
const began = Date.now();
const running = (url) => ({ url, stop: () => undefined });

if (pictures) {
  if (wanted.length === 0) rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}
const looker = new Looker(pictures ? out : null);
const browser = await launch();
const stops = [() => browser.close()];
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void Promise.all(stops.map((stop) => stop())).finally(() => process.exit(1)));

/** Runs parts one after the other; a part that breaks leaves a picture and ends its lane. */
async function lane(start, parts) {
  const mine = parts.filter((part) => has(part.name));
  if (mine.length === 0) return;
  try {
    const demo = await start();
    stops.push(demo.stop);
    for (const part of mine) {
      const from = Date.now();
      await part(looker, browser, demo.url);
      console.log(`${part.name}: ${((Date.now() - from) / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    await looker.broke(error, browser);
  }
}

// The desk needs its calls for itself; the rest shares another store.
await Promise.all([
  lane(async () => (process.env.RINGBACK_URL ? running(process.env.RINGBACK_URL) : startDemo("--customers", "answer")), [desk, house, promises, lists]),
  lane(async () => (process.env.RINGBACK_EMPTY_URL ? running(process.env.RINGBACK_EMPTY_URL) : startDemo("--empty")), [door, empty, trouble]),
]);
for (const stop of stops) await stop();

for (const finding of looker.findings) console.log(finding);
for (const line of looker.readiness()) console.log(line);
console.log(`${looker.faces} faces in ${((Date.now() - began) / 1000).toFixed(0)} s, ${looker.findings.length} findings${pictures ? `, pictures in ${out}` : ""}`);
process.exitCode = looker.findings.length === 0 ? 0 : 1;
