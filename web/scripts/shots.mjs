// Screenshots of every page and every face of the desk, in both languages and
// sizes, into web/shots, with an axe-core check of each. It starts the demo
// itself (bin/ringback, or RINGBACK_BIN) unless RINGBACK_URL names a running one.
// Ends with 1 when axe finds something serious or a page throws.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const web = fileURLToPath(new URL("..", import.meta.url));
const out = join(web, "shots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = [[1440, 900], [1024, 768]];
const findings = [];
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function startDemo() {
  if (process.env.RINGBACK_URL) return { url: process.env.RINGBACK_URL, stop: () => undefined };
  const data = mkdtempSync(join(tmpdir(), "ringback-shots-"));
  const binary = process.env.RINGBACK_BIN ?? join(web, "..", "bin", "ringback");
  const demo = spawn(binary, ["demo", "--data", data, "--port", "0", "--customers", "answer"], { stdio: "ignore" });
  const gone = new Promise((done) => demo.once("exit", done));
  for (let i = 0; i < 240 && !existsSync(join(data, "ready.json")) && demo.exitCode === null; i += 1) await wait(250);
  const ready = JSON.parse(readFileSync(join(data, "ready.json"), "utf8"));
  const stop = async () => {
    demo.kill("SIGINT");
    await Promise.race([gone, wait(15000)]);
    rmSync(data, { recursive: true, force: true });
  };
  return { url: ready.url, stop };
}

const id = (name) => `[data-testid="${name}"]`;

async function open(browser, url, user) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN", timezoneId: "UTC", permissions: ["microphone"], reducedMotion: "reduce" });
  await context.addInitScript(() => {
    localStorage.setItem("rb_test", "1");
    localStorage.setItem("rb_audio", "raw");
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.on("pageerror", (error) => findings.push(`${user}: ${error}`));
  await page.goto(`${url}/login`);
  if (user === "nobody") return page;
  await page.fill(id("login-user"), user);
  await page.fill(id("login-password"), "ringback-demo");
  await page.click(id("login-submit"));
  await page.waitForURL((at) => !at.pathname.startsWith("/login"));
  await page.waitForSelector('[data-link="up"]');
  return page;
}

async function check(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of violations.filter((one) => one.impact === "serious" || one.impact === "critical")) {
    findings.push(`${name}: ${v.id} (${v.impact}) ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  }
}

async function shot(page, name) {
  await page.screenshot({ path: join(out, `${name}.png`) });
}

/** What is on the page, in every size; the words stay readable without scrolling the page itself. */
async function sized(page, name) {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await wait(250);
    await shot(page, `${name}-${width}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (wide) findings.push(`${name}-${width}: wider than the window`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function language(page) {
  await page.click(id("user-menu"));
  await page.click(id("language"));
  await page.keyboard.press("Escape");
  await page.mouse.click(700, 46);
  await wait(300);
}

/** A face in both languages and sizes; ends in Chinese again. */
async function faces(page, name) {
  await wait(300);
  await sized(page, `${name}-zh`);
  await check(page, name);
  await language(page);
  await sized(page, `${name}-en`);
  await language(page);
}

/** Waits for the desk: a state it should be in, or the node it should leave. Functions only: the page's policy forbids eval. */
const desk = (page, want) => page.waitForFunction((w) => {
  const d = window.__ringback?.desk();
  if (!d) return false;
  if (w.left !== undefined && d.script?.node?.id === w.left && d.state === "talking") return false;
  if (w.in !== undefined && !w.in.includes(d.state)) return false;
  if (w.notIn !== undefined && w.notIn.includes(d.state)) return false;
  return (w.has ?? []).every((key) => d[key]) && (!w.audio || d.audio === w.audio);
}, want, { polling: 50 });
const node = (page) => page.evaluate(() => window.__ringback.desk()?.script?.node);

/** Answers the node on the screen as a content customer would; 6 where asked for. */
async function step(page, low) {
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
    await page.fill(id("verbatim"), "说好四点交车,五点多才弄完,也没人打个电话说一声。");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
  }
  await desk(page, { left: at.id });
}

async function agent(browser, url) {
  const page = await open(browser, url, "agent1");
  await page.goto(`${url}/desk`);
  await page.waitForSelector(id("sign-on"));
  await faces(page, "desk-signed-out");
  await page.keyboard.press("F2");
  await desk(page, { notIn: ["offline"], audio: "up" });
  await shot(page, "desk-ready-zh-1440");
  await desk(page, { in: ["talking"], has: ["script"] });
  await faces(page, "desk-talking-opening");
  for (let i = 0; i < 40; i += 1) {
    const at = await node(page);
    if (at.kind === "end") break;
    if (at.key === "speed_checkout") await words(page);
    if (at.id === "quick/category") await faces(page, "desk-form");
    await step(page, "speed_completion");
  }
  await faces(page, "desk-closing");
  await page.waitForSelector(`${id("hangup")}:not([disabled])`);
  await page.keyboard.press("Control+Enter");
  await desk(page, { in: ["wrapup"], has: ["wrap"] });
  await faces(page, "desk-wrapup");
  return page;
}

async function words(page) {
  await page.keyboard.press("KeyN");
  await page.fill(id("verbatim"), "小张接车挺热情的,就是中间一直没人来说进度");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => window.__ringback.pending() === 0);
  await faces(page, "desk-talking");
  await page.keyboard.press("KeyB");
  await wait(200);
  await shot(page, "desk-callback-zh-1440");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Enter");
  await wait(200);
  await shot(page, "desk-early-zh-1440");
  await page.keyboard.press("Escape");
}

async function rest(page) {
  await page.keyboard.press("Enter");
  await desk(page, { in: ["ready"] });
  await page.keyboard.press("F2");
  await page.waitForSelector(id("pause-break"));
  await shot(page, "desk-pausing-zh-1440");
  await page.keyboard.press("1");
  await desk(page, { in: ["paused"] });
  await faces(page, "desk-paused");
}

async function boss(browser, url) {
  const page = await open(browser, url, "manager");
  const places = [["live", "/live"], ["campaigns", "/campaigns"], ["campaign-new", "/campaigns/new"], ["tasks", "/tasks"], ["customers", "/customers?q=0001"], ["customers-start", "/customers"], ["quick-forms", "/quick-forms"], ["imports", "/imports"], ["not-found", "/nowhere"]];
  for (const [name, path] of places) {
    await page.goto(url + path);
    await page.waitForSelector(".main > *");
    await wait(700);
    if (name === "campaign-new") await page.click(id("campaign-kind-followup_3d"));
    await faces(page, name);
  }
  await page.goto(`${url}/live`);
  await page.click(id("figure-attempts"));
  await page.waitForSelector(id("call-row-0"));
  await faces1(page, "calls");
  await page.click(id("call-row-0"));
  await page.waitForSelector(id("call-detail"));
  await faces1(page, "call");
  await page.goto(`${url}/campaigns`);
  await page.locator('[data-testid^="campaign-row-"]').first().click();
  await page.waitForSelector(id("campaign-decision"));
  await faces(page, "campaign");
  await page.goto(`${url}/tasks`);
  await page.locator('[data-testid^="task-row-"]').first().click();
  await page.waitForSelector(id("customer"));
  await faces(page, "customer");
  await page.goto(`${url}/imports`);
  await page.locator('[data-testid^="import-file-"]').last().click();
  await wait(700);
  await faces(page, "import");
  await page.route("**/api/v1/tasks*", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ code: "too_slow", status: 503, detailZh: "服务器暂时太忙，请稍后重试。", detailEn: "The server is too busy; try again in a moment." }) }));
  await page.goto(`${url}/tasks`);
  await page.waitForSelector(id("failed"));
  await faces(page, "list-failed");
  await page.unroute("**/api/v1/tasks*");
}

/** Below a drawer the menu cannot be reached: one language. */
async function faces1(page, name) {
  await sized(page, `${name}-zh`);
  await check(page, name);
}

const demo = await startDemo();
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required"],
});
try {
  const door = await open(browser, demo.url, "nobody");
  await sized(door, "login-zh");
  await check(door, "login");
  await door.click(id("login-language"));
  await sized(door, "login-en");
  await door.fill(id("login-user"), "agent1");
  await door.fill(id("login-password"), "wrong");
  await door.click(id("login-submit"));
  await wait(900);
  await shot(door, "login-refused-en-1440");
  const page = await agent(browser, demo.url);
  await rest(page);
  await boss(browser, demo.url);
  const admin = await open(browser, demo.url, "admin");
  await admin.goto(`${demo.url}/system`);
  await wait(800);
  await faces(admin, "system");
} catch (error) {
  for (const context of browser.contexts()) {
    for (const [i, page] of context.pages().entries()) await shot(page, `stopped-here-${browser.contexts().indexOf(context)}-${i}`).catch(() => undefined);
  }
  findings.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  await browser.close();
  await demo.stop();
}
for (const finding of findings) console.log(finding);
console.log(findings.length === 0 ? `shots are in ${out}` : `${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
