// A Looker takes the pictures of a face and keeps what the rules find.
import { join } from "node:path";
import { barriers, english, hidden, overlaps, tooWide } from "../inspect.mjs";
import { drawn, speak } from "../stage.mjs";

const WIDE = { width: 1440, height: 900 };
const SMALL = { width: 1024, height: 768 };

export class Looker {
  findings = [];
  faces = 0;
  #ready = [];

  /** out: where pictures go; null takes none. */
  constructor(out) {
    this.out = out;
  }

  thrown = (text) => this.findings.push(text);

  /** Opens a place and waits for what shows that it is there; the time taken is kept. */
  async go(page, url, selector) {
    const from = Date.now();
    await page.goto(url);
    await page.waitForSelector(selector);
    this.#ready.push([new URL(url).pathname, Date.now() - from]);
  }

  /**
   * A face in both languages and sizes. `talking` faces may not have to be scrolled. `only: "zh"` is for panels,
   * `only: "two"` for looks that differ little: Chinese wide and English small. When no pictures are taken (make test)
   * that is all that is asked of a talking desk, and Chinese wide of everything else. Ends in Chinese and wide.
   */
  async face(page, name, { talking = false, only: asked = "" } = {}) {
    const only = this.out === null && talking ? "two" : asked;
    this.faces += 1;
    const scrolls = talking ? [hidden] : [];
    await drawn(page);
    await this.#one(page, `${name}-zh-1440`, [barriers, english, tooWide, overlaps, ...scrolls]);
    if (this.out === null && !talking) return;
    if (only === "") await speak(page, "en");
    if (only === "") await this.#one(page, `${name}-en-1440`, [tooWide, overlaps, ...scrolls]);
    await page.setViewportSize(SMALL);
    if (only === "two") await speak(page, "en");
    await drawn(page);
    if (only !== "zh") await this.#one(page, `${name}-en-1024`, [tooWide, overlaps]);
    if (only !== "zh") await speak(page, "zh-CN");
    if (only !== "two") await this.#one(page, `${name}-zh-1024`, talking ? [barriers, tooWide, overlaps] : [tooWide, overlaps]);
    await page.setViewportSize(WIDE);
    await drawn(page);
  }

  async #one(page, name, rules) {
    if (this.out !== null) await page.screenshot({ path: join(this.out, `${name}.png`) });
    for (const rule of rules) this.findings.push(...(await rule(page)).map((what) => `${name}: ${what}`));
  }

  /** A part could not go on: why, and how its pages look now. */
  async broke(error, browser) {
    this.findings.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (this.out === null) return;
    for (const [c, context] of browser.contexts().entries()) {
      for (const [p, page] of context.pages().entries()) await page.screenshot({ path: join(this.out, `stopped-here-${c}-${p}.png`) }).catch(() => undefined);
    }
  }

  /** How long places took to be there, slowest first. */
  readiness() {
    const slowest = [...this.#ready].sort((a, b) => b[1] - a[1]).slice(0, 5);
    return slowest.map(([place, ms]) => `ready in ${ms} ms: ${place}`);
  }
}
