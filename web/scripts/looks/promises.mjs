// Appointments, renewals, messages and letters, with data made here.
import { enter, id } from "../stage.mjs";

const ROWS = '[data-testid^="%"]';
const row = (name, i = 0) => id(`${name}-row-${i}`);

export async function promises(looker, browser, url) {
  const page = await enter(browser, url, "manager", looker.thrown);
  await page.evaluate(make);
  await visits(looker, page, url);
  await renewals(looker, page, url);
  await messages(looker, page, url);
  await page.context().close();
}

async function visits(looker, page, url) {
  await looker.go(page, `${url}/appointments?day=${await page.evaluate(() => window.bookedDay)}`, id("visit-booked"));
  await looker.face(page, "appointments");
  await page.locator(id("visit-booked")).first().click();
  await page.waitForSelector(id("visit-move"));
  await page.click(id("visit-move"));
  await page.waitForSelector(id("slots"));
  await looker.face(page, "appointment");
  await page.keyboard.press("Escape");
  await page.click(id("visit-new"));
  await page.fill(id("booking-customer"), "李建");
  await page.click(id("found-0"));
  await page.waitForSelector(id("slots"));
  await looker.face(page, "appointment-new");
}

async function renewals(looker, page, url) {
  await looker.go(page, `${url}/renewals`, row("renewal"));
  await looker.face(page, "renewals");
  await page.locator(`${ROWS.replace("%", "renewal-row-")}`, { hasText: "乙财险" }).first().click();
  await page.waitForSelector(id("renewal-quote"));
  await page.click(id("renewal-quote"));
  await page.waitForSelector(id("quote-panel"));
  await looker.face(page, "renewal-quote");
  await page.click(id("renewal-lost"));
  await page.waitForSelector(id("lost-form"));
  await looker.face(page, "renewal-lost");
  await looker.go(page, `${url}/renewals?stage=lost`, id("losses"));
  await looker.face(page, "renewals-lost");
}

async function messages(looker, page, url) {
  await looker.go(page, `${url}/messages`, row("message"));
  await looker.face(page, "messages");
  await page.click(row("message"));
  await page.waitForSelector(id("message-text"));
  await looker.face(page, "message");
  await looker.go(page, `${url}/messages?kind=letters`, row("letter"));
  await looker.face(page, "letters");
  await page.click(row("letter"));
  await page.waitForSelector(`${id("letter-drawer")} ${id("sheet")}`);
  await looker.face(page, "letter");
}

// Runs in the manager's page: two bookings, a lost renewal.
async function make() {
  const { csrfToken } = await (await fetch("/api/v1/session")).json();
  const ask = async (method, path, body) => {
    const res = await fetch(`/api/v1${path}`, { method, headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken }, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
    return res.json();
  };
  const days = (await ask("GET", "/slots?bay=fast&days=3")).items;
  window.bookedDay = days[1].day;
  const found = (await ask("GET", `/customers?q=${encodeURIComponent("李建")}`)).items;
  for (const [i, c] of found.slice(0, 2).entries()) await ask("POST", "/appointments", { customerId: c.id, at: days[1].slots[i + 2].at, reason: i === 0 ? "periodic" : "first", source: "in" }).catch(() => undefined);
  const open = (await ask("GET", "/renewals?limit=30")).items;
  const lost = [["price", "你们比别家贵了八百多块钱，我就在别处买了"], ["direct", "保险公司自己打电话来，直接在网上办好了"], ["price", "朋友那边便宜三百，这次先不在你们这里办"]];
  for (const [i, [reason, words]] of lost.entries()) await ask("POST", `/renewals/${open[i].id}/lost`, { reason, words });
}
