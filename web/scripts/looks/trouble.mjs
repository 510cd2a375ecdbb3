// What every page shows when the server does not answer as it should.
import { enter, id } from "../stage.mjs";
import { hold } from "./wire.mjs";

const busy = { code: "too_slow", status: 503, detailZh: "服务器暂时太忙，请稍后重试。", detailEn: "The server is too busy; try again in a moment." };

export async function trouble(looker, browser, url) {
  const page = await enter(browser, url, "manager", looker.thrown);
  const wire = await hold(page);
  for (const topic of ["wallboard", "campaigns", "imports"]) wire.refused.add(topic);
  await page.route(/\/api\/v1\/(tasks|customers|quick-forms|attempts|campaigns|imports|lists)/, (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(busy) }));
  for (const path of ["live", "campaigns", "campaigns/new", "tasks", "customers", "quick-forms", "imports"]) {
    await looker.go(page, `${url}/${path}`, id("failed"));
    await looker.face(page, `${path.replace(/\W+.*/, path.includes("new") ? "-new" : "")}-failed`, { only: "two" });
  }
  await page.context().close();
  const admin = await enter(browser, url, "admin", looker.thrown);
  await admin.route("**/api/v1/system", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(busy) }));
  await looker.go(admin, `${url}/system`, id("failed"));
  await looker.face(admin, "system-failed", { only: "two" });
  await admin.context().close();
}
