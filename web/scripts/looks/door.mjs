// Signing in: the door, a wrong password, too many tries, a session that ran out.
import { drawn, enter, id } from "../stage.mjs";

async function refused(page, password) {
  await page.fill(id("login-user"), "nobody");
  await page.fill(id("login-password"), password);
  await page.click(id("login-submit"));
  await page.waitForFunction((at) => document.querySelector(at)?.textContent !== "", id("login-error"));
}

export async function door(looker, browser, url) {
  const page = await enter(browser, url, null, looker.thrown);
  // The words of a language are loaded when it is first asked for.
  const turn = async (language) => {
    await page.click(id("login-language"));
    await page.waitForFunction((l) => document.documentElement.lang === l, language);
    await drawn(page);
  };
  const both = async (name) => {
    await looker.face(page, `${name}`, { only: "zh" });
    await turn("en");
    if (looker.out !== null) await page.screenshot({ path: `${looker.out}/${name}-en-1440.png` });
    await page.click(id("login-language"));
  };
  await both("login");
  await refused(page, "wrong");
  await both("login-wrong");
  for (let tries = 0; tries < 12; tries += 1) {
    if (await page.isDisabled(id("login-submit"))) break;
    await refused(page, `wrong again ${tries}`);
  }
  await both("login-throttled");
  await page.context().close();
}
