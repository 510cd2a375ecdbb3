// A store on its first day: every list says what to do first.
import { enter, id, signOn } from "../stage.mjs";

export async function empty(looker, browser, url) {
  const page = await enter(browser, url, "manager", looker.thrown);
  const places = [["live", id("wallboard")], ["campaigns", id("empty")], ["tasks", id("empty")], ["customers?q=0001", id("empty")], ["customers", id("empty")], ["orders", id("empty")], ["quick-forms", id("empty")], ["quick-forms?kind=rework", id("empty")], ["appointments", id("board")], ["renewals", id("empty")], ["messages", id("empty")], ["messages?kind=letters", id("empty")], ["imports", id("empty")], ["store", id("empty")]];
  for (const [path, selector] of places) {
    await looker.go(page, `${url}/${path}`, selector);
    await looker.face(page, `${path.replace("?q=0001", "-none").replace("?kind=", "-")}-empty`, { only: "two" });
  }
  await looker.go(page, `${url}/campaigns/new`, id("campaign-name"));
  await looker.face(page, "campaign-new-empty", { only: "two" });
  await page.context().close();
  const agent = await enter(browser, url, "agent1", looker.thrown);
  await looker.go(agent, `${url}/desk`, id("sign-on"));
  await signOn(agent);
  await agent.waitForSelector(id("desk-ready"));
  await looker.face(agent, "desk-ready-empty");
  await agent.context().close();
}
