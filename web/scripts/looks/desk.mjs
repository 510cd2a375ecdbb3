// The agent's desk in every state of CONSOLE.md §3.
import { answer, desk as until, enter, id, node, signOn } from "../stage.mjs";
import { hold } from "./wire.mjs";

export async function desk(looker, browser, url) {
  const page = await enter(browser, url, "agent1", looker.thrown);
  const wire = await hold(page);
  const face = (name, more) => wire.still(() => looker.face(page, `desk-${name}`, more));
  await looker.go(page, `${url}/desk`, id("sign-on"));
  await face("signed-out");
  await page.click(id("mic-hear"));
  await page.waitForSelector(`${id("echo")}[data-peer="up"]`);
  await face("microphone", { only: "zh" });
  await signOn(page);
  await until(page, { in: ["talking"], has: ["script"] });
  await face("talking-opening", { talking: true });
  await walk(page, face, wire);
  await page.waitForSelector(`${id("hangup")}[data-free="true"]`);
  await page.keyboard.press("Control+Enter");
  await until(page, { in: ["wrapup"], has: ["wrap"] });
  await face("wrapup");
  await page.keyboard.press("2");
  await face("wrapup-callback", { only: "zh" });
  await page.keyboard.press("1");
  await until(page, { in: ["talking"], has: ["script"] }); // the next one is there at once
  await elsewhere(looker, url, page);
  await manage(looker, browser, url, pause);
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector(id("early-panel"));
  await page.keyboard.press("1");
  await until(page, { in: ["wrapup"], has: ["wrap"] });
  await page.keyboard.press("Enter");
  await resting(page, face);
  await previewed(looker, browser, url);
}

/** Lets a manager do something that has no place in these pictures. */
async function manage(looker, browser, url, what) {
  const boss = await enter(browser, url, "manager", looker.thrown);
  await boss.evaluate(askFor);
  await boss.evaluate(what);
  await boss.context().close();
}

async function walk(page, face, wire) {
  for (let steps = 0; steps < 40; steps += 1) {
    const at = await node(page);
    if (at.kind === "end") break;
    if (at.key === "speed_checkout") await words(page, face, wire);
    if (at.id === "quick/category") await face("form", { talking: true });
    if (at.answer?.type === "verbatim") await face("own-words", { talking: true });
    await answer(page, "speed_completion");
  }
  await face("closing", { talking: true });
}

/** A score in the middle of the script, with words, panels, and the line down. */
async function words(page, face, wire) {
  await page.keyboard.press("KeyN");
  await page.fill(id("verbatim"), "小张接车挺热情的,就是中间一直没人来说进度");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => window.__ringback.pending() === 0);
  await face("talking", { talking: true });
  for (const [key, name] of [["KeyB", "callback"], ["KeyD", "dnc"], ["KeyK", "keypad"], ["Control+Enter", "hangup-early"]]) {
    await page.keyboard.press(key);
    await face(name, { talking: true, only: "zh" });
    await page.keyboard.press("Escape");
  }
  wire.break();
  await page.waitForSelector(id("link-lost"));
  await page.keyboard.press("KeyN");
  await page.fill(id("verbatim"), "小张接车挺热情的,就是中间一直没人来说进度,断网时也记得下来");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => window.__ringback.pending() > 0);
  await face("lost-connection", { talking: true });
  wire.mend();
  await page.waitForFunction(() => window.__ringback.pending() === 0);
}

/** The campaign rests, so that nobody is rung while the pictures are taken. */
async function resting(page, face) {
  await until(page, { in: ["ready"] });
  await face("ready");
  await page.keyboard.press("F2");
  await page.waitForSelector(id("pause-break"));
  await face("ready-pausing", { only: "zh" });
  await page.keyboard.press("1");
  await until(page, { in: ["paused"] });
  await face("paused");
}

/** A second tab asks to take over; the first one says that it was, and takes the desk back. */
async function elsewhere(looker, url, first) {
  const second = await first.context().newPage();
  await looker.go(second, `${url}/desk`, id("desk-elsewhere"));
  await looker.face(second, "desk-elsewhere");
  await second.close();
  await first.bringToFront();
}

/** A campaign of mode preview for agent2: the customer first, then Enter. */
async function previewed(looker, browser, url) {
  await manage(looker, browser, url, makePreview);
  const page = await enter(browser, url, "agent2", looker.thrown);
  const wire = await hold(page);
  await looker.go(page, `${url}/desk`, id("sign-on"));
  await signOn(page);
  await until(page, { in: ["preview"], has: ["card"] });
  await wire.still(() => looker.face(page, "desk-preview", { talking: true }));
  await page.keyboard.press("KeyS");
  await wire.still(() => looker.face(page, "desk-preview-skip", { talking: true, only: "zh" }));
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await until(page, { in: ["dialing", "ringing"], has: ["call"] });
  await wire.still(() => looker.face(page, "desk-ringing", { talking: true }));
  await page.context().close();
}

// These run in the manager's page.

function askFor() {
  window.ask = async (method, path, body) => {
    const { csrfToken } = await (await fetch("/api/v1/session")).json();
    const res = await fetch(`/api/v1${path}`, { method, headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken }, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
    return res.json();
  };
}

async function pause() {
  for (const one of (await window.ask("GET", "/campaigns")).items) if (one.state === "running") await window.ask("POST", `/campaigns/${one.id}/pause`);
}

async function makePreview() {
  const options = await window.ask("GET", "/campaigns/options");
  const agentIds = options.agents.filter((agent) => !agent.online).map((agent) => agent.id);
  const made = await window.ask("POST", "/campaigns", { name: "三日回访 先看后拨", taskKind: "followup_3d", mode: "preview", callerNumberId: options.callerNumbers[0].id, agentIds });
  await window.ask("POST", `/campaigns/${made.id}/start`);
}
