import { describe, expect, it } from "vitest";
import { commandOf, focusOf, keyName, type KeyPress } from "../../src/lib/keys";

const press = (code: string, more: Partial<KeyPress> = {}): KeyPress => ({ code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, ...more });
const nowhere = { inField: false, onButton: false };
const field = { inField: true, onButton: false };

describe("keys are read by their place", () => {
  it("digits of both rows are the same key", () => {
    expect(keyName(press("Digit7"))).toBe("7");
    expect(keyName(press("Numpad7"))).toBe("7");
  });
  it("a key the console does not use is nobody's", () => {
    expect(commandOf(press("CapsLock"), nowhere)).toBeNull();
  });
  it("a letter in a field is text, with Alt it is a command", () => {
    expect(commandOf(press("KeyM"), field)).toBeNull();
    expect(commandOf(press("KeyM", { altKey: true }), field)).toBe("M");
    expect(commandOf(press("KeyM"), nowhere)).toBe("M");
  });
  it("an input method that composes keeps its keys", () => {
    expect(commandOf(press("Enter", { isComposing: true }), nowhere)).toBeNull();
    expect(commandOf(press("Digit1", { keyCode: 229 }), nowhere)).toBeNull();
    expect(commandOf(press("Digit1", { key: "Process", altKey: true }), nowhere)).toBeNull();
  });
  it("Alt works in a field too, but not while its text is being composed", () => {
    expect(commandOf(press("Digit9", { altKey: true }), field)).toBe("9");
    expect(commandOf(press("Enter", { altKey: true, ctrlKey: true }), field)).toBe("Ctrl+Enter");
    expect(commandOf(press("KeyN", { altKey: true, isComposing: true }), field)).toBeNull();
    expect(commandOf(press("Backspace"), field)).toBeNull();
  });
  it("names the function keys, and with Ctrl they are others", () => {
    expect(keyName(press("F2"))).toBe("F2");
    expect(commandOf(press("F2", { ctrlKey: true }), nowhere)).toBe("Ctrl+F2");
    expect(keyName(press("F13"))).toBeNull();
  });
  it("plus and minus are read on both parts of the keyboard, with and without Shift", () => {
    expect([press("Equal", { shiftKey: true }), press("NumpadAdd"), press("Minus"), press("NumpadSubtract")].map(keyName)).toEqual(["+", "+", "-", "-"]);
  });
  it("a key held down acts once", () => {
    expect(commandOf(press("Digit9", { repeat: true }), nowhere)).toBeNull();
  });
  it("Enter on a button presses the button", () => {
    expect(commandOf(press("Enter"), { inField: false, onButton: true })).toBeNull();
    expect(commandOf(press("Digit3"), { inField: false, onButton: true })).toBe("3");
  });
  it("hanging up wants Ctrl", () => {
    expect(commandOf(press("Enter", { ctrlKey: true }), nowhere)).toBe("Ctrl+Enter");
  });
});

describe("the focus", () => {
  const made = (html: string): Element => {
    document.body.innerHTML = html;
    return document.body.firstElementChild as Element;
  };
  it("is in a field where text is typed, not on a checkbox", () => {
    expect(focusOf(made("<textarea></textarea>")).inField).toBe(true);
    expect(focusOf(made('<input type="password">')).inField).toBe(true);
    expect(focusOf(made('<input type="checkbox">')).inField).toBe(false);
    expect(focusOf(made("<p>text</p>")).inField).toBe(false);
  });
  it("is on a button or what acts as one", () => {
    for (const html of ["<button>ok</button>", '<a href="/x">x</a>', '<div role="button">x</div>']) expect(focusOf(made(html)).onButton).toBe(true);
  });
});
