import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useKeys } from "../../src/lib/keys";

const pressed = vi.fn<(who: string) => void>();
function Bound({ who, on, children }: { who: string; on: string; children?: ReactNode }) {
  useKeys({ [on]: () => pressed(who) });
  return <>{children}</>;
}

let root: Root;
const draw = (page: ReactNode) => act(() => root.render(page));
const press = (code: string) => {
  pressed.mockClear();
  window.dispatchEvent(new KeyboardEvent("keydown", { code }));
  return pressed.mock.calls.map(([who]) => who);
};

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.createElement("div"));
});
afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

it("a child is asked before its parent, though both appear at once, as after a reload", () => {
  draw(<Bound who="script" on="Enter"><Bound who="answers" on="Enter" /></Bound>);
  expect(press("Enter")).toEqual(["answers"]);
});

it("what appears later is asked first, and once it is gone the one below again", () => {
  const page = (more: ReactNode) => <Bound who="script" on="Enter"><Bound who="answers" on="1" />{more}</Bound>;
  draw(page(null));
  expect(press("Enter")).toEqual(["script"]);
  draw(page(<Bound who="panel" on="Enter" />));
  expect(press("Enter")).toEqual(["panel"]);
  expect(press("Digit1")).toEqual(["answers"]);
  draw(page(null));
  expect(press("Enter")).toEqual(["script"]);
});

it("a key that nobody on the page has binds nothing", () => {
  draw(<Bound who="script" on="Enter" />);
  expect(press("KeyB")).toEqual([]);
  act(() => root.render(null));
  expect(press("Enter")).toEqual([]);
});
