import { beforeAll, describe, expect, it } from "vitest";
import { chosenLanguage, otherLanguage, setLanguage, startLanguage, storedLanguage } from "../../src/lib/i18n";

const shown = () => [document.documentElement.lang, storedLanguage(), chosenLanguage()];
const click = () => setLanguage(otherLanguage());

describe("the language", () => {
  beforeAll(() => startLanguage("zh-CN"));
  it("is the one of the last click while English still loads", async () => {
    await Promise.all([click(), click()]);
    expect(shown()).toEqual(["zh-CN", "zh-CN", "zh-CN"]);
    await Promise.all([click(), click(), click()]);
    expect(shown()).toEqual(["en", "en", "en"]);
  });
  it("changes at once when it is loaded", async () => {
    await click();
    expect(shown()).toEqual(["zh-CN", "zh-CN", "zh-CN"]);
  });
});
