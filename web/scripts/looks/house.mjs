// Every other page, with data.
import { enter, id } from "../stage.mjs";

const ROWS = '[data-testid^="%"]';
const first = (page, prefix) => page.locator(ROWS.replace("%", prefix)).first();

export async function house(looker, browser, url) {
  const page = await enter(browser, url, "manager", looker.thrown);
  await plain(looker, page, url);
  await campaigns(looker, page, url);
  await behind(looker, page, url);
  await looker.go(page, `${url}/tasks`, ROWS.replace("%", "tasks-row-"));
  await first(page, "tasks-row-").click();
  await page.waitForSelector(`${id("record")} ${id("why-answer")}`);
  await looker.face(page, "task");
  await page.keyboard.press("Enter");
  await page.waitForSelector(id("customer"));
  await looker.face(page, "customer");
  await looker.go(page, `${url}/imports`, ROWS.replace("%", "import-file-"));
  await looker.face(page, "imports");
  await page.locator(ROWS.replace("%", "import-file-")).last().click();
  await page.waitForSelector(id("import-rows"));
  await looker.face(page, "import");
  await page.context().close();
  const admin = await enter(browser, url, "admin", looker.thrown);
  await looker.go(admin, `${url}/system`, `${id("system")} tbody tr`);
  await looker.face(admin, "system");
  if (looker.out !== null) {
    await looker.go(admin, `${url}/keys`, id("key-name"));
    await looker.face(admin, "keys");
  }
  await admin.click(id("user-menu"));
  await looker.face(admin, "user-menu");
  await admin.context().close();
}

async function plain(looker, page, url) {
  const places = [
    ["live", "/live", id("wallboard")], ["campaigns", "/campaigns", ROWS.replace("%", "campaign-row-")], ["tasks", "/tasks", ROWS.replace("%", "tasks-row-")],
    ["customers", "/customers?q=李建", ROWS.replace("%", "customer-row-")], ["quick-forms", "/quick-forms", `${id("form-table")}, ${id("empty")}`],
    ["figures", "/figures", `${id("figures")} ${id("figure-K-01")}`], ["store", "/store", id("insurer-list")], ["not-found", "/nowhere", ".main .empty"],
  ];
  for (const [name, path, selector] of places) {
    await looker.go(page, url + path, selector);
    await looker.face(page, name);
  }
  await page.keyboard.press("/");
  await page.keyboard.type("李建");
  await page.waitForSelector(id("search-hit-0"));
  await looker.face(page, "search");
  await page.keyboard.press("Escape");
}

async function campaigns(looker, page, url) {
  await looker.go(page, `${url}/campaigns/new`, id("campaign-kind-followup_3d"));
  await page.click(id("campaign-kind-followup_3d"));
  await page.waitForSelector(id("forecast"));
  await looker.face(page, "campaign-new");
  await looker.go(page, `${url}/campaigns`, ROWS.replace("%", "campaign-row-"));
  await page.locator(ROWS.replace("%", "campaign-row-"), { hasText: "三日回访 · 演示" }).click();
  await page.waitForSelector(id("campaign-decision"));
  await looker.face(page, "campaign");
  await page.click(id("campaign-to-results"));
  await page.waitForSelector(id("campaign-results"));
  await looker.face(page, "campaign-results");
  await page.goBack();
  await whatIf(looker, page);
}

/** What else the campaign could do; the answer takes some seconds, so only pictures wait for it. */
async function whatIf(looker, page) {
  await page.click(id("campaign-whatif"));
  await page.waitForSelector(`${id("whatif-first")}, ${id("whatif")} ${id("empty")}`);
  await looker.face(page, "whatif-first", { only: "two" });
  if (looker.out === null || (await page.locator(id("whatif-first")).count()) === 0) return;
  await page.click(id("whatif-first"));
  await page.waitForSelector(id("whatif-chart"));
  await looker.face(page, "whatif");
}

/** The calls behind a number, and one of them. */
async function behind(looker, page, url) {
  await looker.go(page, `${url}/live`, id("figure-attempts"));
  await page.click(id("figure-attempts"));
  await page.waitForSelector(id("call-row-0"));
  await looker.face(page, "calls");
  await page.locator(ROWS.replace("%", "call-row-")).last().click();
  await page.waitForSelector(id("call-detail"));
  await looker.face(page, "call");
}
