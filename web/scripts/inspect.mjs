// What is looked at on every page, by rule: axe-core without serious findings, no
// page wider than its window, no text upon another, no English left in the Chinese
// console, nothing to scroll on the desk while one talks.
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

/** Texts that lie upon each other; what is laid over the page on purpose (drawers, menus, sticky heads) does not count. */
export function overlaps(page) {
  return page.evaluate(() => {
    const root = [...document.querySelectorAll("[aria-modal=true]")].at(-1) ?? document.body;
    const layers = (element) => {
      const out = [];
      for (let e = element; e && e !== root; e = e.parentElement) if (getComputedStyle(e).position !== "static" && getComputedStyle(e).position !== "relative") out.push(e);
      return out;
    };
    const seen = (rect, element) => {
      let { left, top, right, bottom } = rect;
      for (let e = element; e && e !== document.documentElement; e = e.parentElement) {
        const style = getComputedStyle(e);
        if (style.visibility === "hidden" || style.opacity === "0") return null;
        if (style.overflow === "visible" && style.clipPath === "none") continue;
        const box = e.getBoundingClientRect();
        [left, top, right, bottom] = [Math.max(left, box.left), Math.max(top, box.top), Math.min(right, box.right), Math.min(bottom, box.bottom)];
      }
      return right - left > 3 && bottom - top > 6 ? { left, top, right, bottom } : null;
    };
    const texts = [];
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { parentElement: around, textContent: text } = walk.currentNode;
      if (!around || text.trim() === "" || around.closest("svg, option, script, style, textarea, [aria-hidden=true]")) continue;
      const range = document.createRange();
      range.selectNodeContents(walk.currentNode);
      for (const rect of range.getClientRects()) {
        const box = seen(rect, around);
        if (box) texts.push({ ...box, text: text.trim().slice(0, 20), around, layers: layers(around) });
      }
    }
    const found = new Set();
    texts.forEach((a, i) => {
      for (const b of texts.slice(i + 1)) {
        if (a.around === b.around || a.layers.length !== b.layers.length || a.layers.some((e, k) => e !== b.layers[k])) continue;
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6) found.add(`“${a.text}” lies upon “${b.text}”`);
      }
    });
    return [...found].slice(0, 3);
  });
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
