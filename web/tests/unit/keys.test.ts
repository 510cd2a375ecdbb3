import { describe, expect, it } from "vitest";
import { commandOf, keyName, type KeyPress } from "../../src/lib/keys";

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
