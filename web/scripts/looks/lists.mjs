// The lists of customers, tasks, vehicles, orders and policies: full, narrowed, with their
// panels, a record beside them, and asked for what cannot be.
import { enter, id } from "../stage.mjs";

const first = (list) => `[data-testid="${list}-row-0"]`;

// One component draws all five: without pictures (make test) one of them is asked, and
// the panels in Chinese.
export async function lists(looker, browser, url) {
  const page = await enter(browser, url, "manager", looker.thrown);
  const all = looker.out === null ? ["customers"] : ["customers", "tasks", "vehicles", "orders", "policies"];
  for (const list of all) {
    await looker.go(page, `${url}/${list}`, first(list));
    await looker.face(page, `list-${list}`);
  }
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForSelector(id("record-file"));
  await look(looker, page, `record-${all.at(-1)}`);
  await panels(looker, page, url);
  await looker.go(page, `${url}/orders?view=all&day=2026-12-02..2026-12-01`, id("list-wrong"));
  await look(looker, page, "list-wrong");
  if (looker.out !== null) {
    await looker.go(page, `${url}/vehicles`, first("vehicles"));
    await page.click(first("vehicles"));
    await page.waitForSelector(id("related-orders"));
    await looker.face(page, "record-vehicle", { only: "two" });
    await looker.go(page, `${url}/orders?view=all&advisor=nobody`, id("empty"));
    await looker.face(page, "list-none", { only: "two" });
  }
  await looker.go(page, `${url}/merges`, id("merges-row-0"));
  await page.keyboard.press("j");
  await page.waitForSelector(id("side-second"));
  await look(looker, page, "merges");
  await page.context().close();
}

const look = (looker, page, name) => looker.face(page, name, { only: looker.out === null ? "zh" : "two" });

async function panels(looker, page, url) {
  await looker.go(page, `${url}/customers?view=all&lastVisit=2026-01-01..&gap=address,email`, first("customers"));
  await page.keyboard.press("f");
  await page.waitForSelector(id("filter-panel"));
  await look(looker, page, "list-filters");
  await page.keyboard.press("Escape");
  await page.click(id("views"));
  await page.fill(id("view-name"), "缺地址的客户");
  await page.check(id("view-shared"));
  await page.click(id("view-save"));
  await page.waitForSelector(id("views-pop"), { state: "detached" });
  await page.click(id("views"));
  await page.click(id("view-first-缺地址的客户"));
  await page.waitForSelector(`${id("view-first-缺地址的客户")}[aria-pressed=true]`);
  await look(looker, page, "list-views");
  await page.click(id("view-first-缺地址的客户"));
  await page.waitForSelector(`${id("view-first-缺地址的客户")}[aria-pressed=false]`);
  await page.keyboard.press("Escape");
  await page.click(id("columns"));
  await page.click(id("column-gaps"));
  await page.waitForSelector(`${id("customers-table")} th:has-text("档案缺项")`);
  await look(looker, page, "list-columns");
  await page.click(id("export"));
  await page.waitForSelector(`${id("export-csv")}:enabled`);
  await look(looker, page, "list-export");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(id("export-csv"))]);
  await page.click(id("views"));
  await page.click(id("view-drop-缺地址的客户"));
  await page.waitForSelector(id("view-drop-缺地址的客户"), { state: "detached" });
  if (!/^customers_\d{8}_\d{4}\.csv$/.test(file.suggestedFilename())) looker.thrown(`the export is called ${file.suggestedFilename()}`);
}
