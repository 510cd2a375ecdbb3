// What the scripts that look at pages share: a demo to look at, a browser, and
// hands that drive the desk. Nothing here looks or judges.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const web = fileURLToPath(new URL("..", import.meta.url));
export const id = (name) => `[data-testid="${name}"]`;
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** A demo of its own (bin/ringback, or RINGBACK_BIN), in a directory that goes with it. */
export async function startDemo(...more) {
  const data = mkdtempSync(join(tmpdir(), "ringback-looks-"));
  const binary = process.env.RINGBACK_BIN ?? join(web, "..", "bin", "ringback");
  const demo = spawn(binary, ["demo", "--data", data, "--port", "0", ...more], { stdio: "ignore" });
  const gone = new Promise((done) => demo.once("exit", done));
  const ready = join(data, "ready.json");
  for (let i = 0; i < 600 && !existsSync(ready) && demo.exitCode === null; i += 1) await wait(200);
  if (!existsSync(ready)) throw new Error(`the demo did not start: see ${data}/ringback.log`);
  const stop = async () => {
    demo.kill("SIGINT");
    await Promise.race([gone, wait(20000)]);
    rmSync(data, { recursive: true, force: true });
  };
  return { url: JSON.parse(readFileSync(ready, "utf8")).url, stop };
}

const always = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required"];

/** A Chromium with a pretended microphone that is allowed. */
export const launch = () => chromium.launch({
  handleSIGINT: false,
  handleSIGTERM: false,
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [...always, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
});

/** A fresh page, signed in as `user` (null: at the door). Whatever a page throws goes to `thrown`. */
export async function enter(browser, url, user, thrown) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN", timezoneId: "UTC", permissions: ["microphone"], reducedMotion: "reduce" });
  await context.addInitScript(() => {
    localStorage.setItem("rb_test", "1");
    localStorage.setItem("rb_audio", "raw");
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.on("pageerror", (error) => thrown(`${user}: ${error}`));
  await page.goto(`${url}/login`);
  if (user === null) return page;
  await page.fill(id("login-user"), user);
  await page.fill(id("login-password"), "ringback-demo");
  await page.click(id("login-submit"));
  await page.waitForURL((at) => !at.pathname.startsWith("/login"));
  await page.waitForSelector('[data-link="up"]');
  return page;
}

/** The page as it stands after the browser has drawn twice. */
export const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(undefined)))));

/** Another language, in this page only. */
export async function speak(page, language) {
  await page.evaluate((l) => window.__ringback?.speak(l), language);
  await drawn(page);
}

/** Waits for the desk: a state it should be in, or the node it should leave. */
export const desk = (page, want) => page.waitForFunction((w) => {
  const d = window.__ringback?.desk();
  if (!d) return false;
  if (w.left !== undefined && d.script?.node?.id === w.left && d.state === "talking") return false;
  if (w.in !== undefined && !w.in.includes(d.state)) return false;
  if (w.notIn !== undefined && w.notIn.includes(d.state)) return false;
  const drawn = document.querySelector('[data-testid="script"]')?.dataset.node;
  if (drawn !== undefined && d.script && d.script.node.id !== drawn) return false; // keys belong to what is drawn
  return (w.has ?? []).every((key) => d[key]) && (!w.audio || d.audio === w.audio);
}, want, { polling: 50 });

export const node = (page) => page.evaluate(() => window.__ringback.desk()?.script?.node);

const said = "说好四点交车,五点多才弄完,也没人打个电话说一声。";

/** Answers the node on the screen as a content customer would; 6 to the question `low`. */
export async function answer(page, low) {
  const at = await node(page);
  const type = at.answer?.type;
  if (at.kind === "say" || !at.answer) await page.keyboard.press("Enter");
  else if (type === "score10" || type === "nps") await page.keyboard.press(low === at.key ? "6" : "9");
  else if (type === "yesno" || type === "choice") await page.keyboard.press("1");
  else if (type === "multi") {
    if (!(at.current?.value?.length > 0)) await page.keyboard.press("1");
    await page.keyboard.press("Enter");
  } else if (at.answer.na) await page.keyboard.press("KeyX");
  else {
    await page.keyboard.press("KeyN");
    await page.fill(id("verbatim"), said);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
  }
  await desk(page, { left: at.id });
}

export async function signOn(page) {
  await page.keyboard.press("F2");
  await desk(page, { notIn: ["offline"], audio: "up" });
}
