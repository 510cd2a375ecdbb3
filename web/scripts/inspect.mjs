// What is looked at on every page, by rule: axe-core without serious findings, no
// page wider than its window, no English left in the Chinese console, nothing to
// scroll on the desk while one talks.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** axe-core's serious and critical findings, in words. */
export async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id} (${one.impact}) ${one.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
}

/** A page that is wider than its window. */
export async function tooWide(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return over > 0 ? [`wider than the window by ${over} px`] : [];
}

// Names of formats, keys, brands and codes that are the same in every language.
const KNOWN = ["Ringback", "VIN", "CSV", "Excel", "ZIP", "XLSX", "GB18030", "UTF", "SIP", "Redis", "Postgres", "Enter", "Ctrl", "Alt", "Esc", "Backspace", "NPS", "English", "Chromium", "Chrome", "Edge", "HTTPS", "Fake", "Default", "Audio", "Input"];

/** English words on a Chinese page, outside of keys, codes and what people typed. */
export function english(page) {
  return page.evaluate((known) => {
    const found = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { parentElement: around, textContent: text } = walk.currentNode;
      if (!around || around.closest("kbd, code, script, style, option, [translate=no], .plate")) continue;
      for (const word of text.match(/[A-Za-z][a-z]{2,}/g) ?? []) if (!known.includes(word)) found.add(word);
    }
    return [...found].map((word) => `English in the Chinese console: ${word}`);
  }, KNOWN);
}

/** Parts of the script's column that would have to be scrolled to be read; the path walked may be longer than its two rows. */
export function hidden(page) {
  return page.evaluate(() => {
    const parts = [...document.querySelectorAll(".desk .say, .desk .say *")];
    return parts
      .filter((part) => /auto|scroll/.test(getComputedStyle(part).overflowY) && part.tagName !== "TEXTAREA" && !part.matches(".crumbs") && part.scrollHeight > part.clientHeight + 1)
      .map((part) => `has to be scrolled: .${part.className} (${part.scrollHeight} in ${part.clientHeight} px)`);
  });
}
