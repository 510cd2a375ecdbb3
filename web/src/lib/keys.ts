// Keys of the console. They are read by event.code (the place on the keyboard,
// whatever the input method), never while an input method composes or a field
// has the focus; with Alt they work everywhere.
import { useLayoutEffect, useRef, useState } from "react";

export interface KeyPress {
  code: string;
  key?: string;
  keyCode?: number;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  repeat?: boolean;
}

/** Where the focus is when a key goes down. */
export interface Focus { inField: boolean; onButton: boolean }

/** What a key does. The name is what `keyName` returns: "A", "0".."9", "Enter", "Backspace", "F2", "+", "-", "/", "Escape", "Ctrl+Enter", "Ctrl+K". */
export type Bindings = Partial<Record<string, () => void>>;

const NAMES: Record<string, string> = {
  Enter: "Enter", NumpadEnter: "Enter", Backspace: "Backspace", Escape: "Escape", Slash: "/", NumpadDivide: "/",
  Equal: "+", NumpadAdd: "+", Minus: "-", NumpadSubtract: "-",
};

/** The key's name by its place, or null when the console never uses it. */
export function keyName(press: KeyPress): string | null {
  const plain = plainName(press.code);
  if (plain === null) return null;
  if (press.ctrlKey || press.metaKey) return `Ctrl+${plain}`;
  return plain;
}

function plainName(code: string): string | null {
  const named = NAMES[code];
  if (named !== undefined) return named;
  if (/^Key[A-Z]$/.test(code)) return code.slice(3);
  if (/^(Digit|Numpad)[0-9]$/.test(code)) return code.slice(-1);
  return /^F([1-9]|1[0-2])$/.test(code) ? code : null;
}

/** keyCode 229 is how some input methods mark a key they keep, without isComposing. */
export const isComposing = (press: KeyPress): boolean => press.isComposing || press.keyCode === 229 || press.key === "Process";

/** The binding's name this press asks for, or null when it belongs to a field, an input method or nobody. */
export function commandOf(press: KeyPress, focus: Focus): string | null {
  if (isComposing(press) || press.repeat) return null;
  const name = keyName(press);
  if (name === null) return null;
  if (press.altKey) return name;
  if (focus.inField) return null;
  if (focus.onButton && name === "Enter") return null; // the button itself is pressed
  return name;
}

const FIELDS = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const NOT_TYPED = new Set(["checkbox", "radio", "button", "submit", "file", "range"]);

/** Describes what has the focus. Checkboxes and radios take no text and count as no field. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return { inField: false, onButton: false };
  const typed = FIELDS.has(target.tagName) && !(target instanceof HTMLInputElement && NOT_TYPED.has(target.type));
  const onButton = target.tagName === "BUTTON" || target.tagName === "A" || target.getAttribute("role") === "button";
  return { inField: typed || target.isContentEditable, onButton };
}

/** Bindings with their place: the later a component was first drawn, the higher. */
interface Layer { place: number; held: { current: Bindings } }

const layers: Layer[] = [];
let places = 0;

function insert(layer: Layer): void {
  const above = layers.findIndex((other) => other.place > layer.place);
  layers.splice(above < 0 ? layers.length : above, 0, layer);
}

function dispatch(event: KeyboardEvent): void {
  const name = commandOf(event, focusOf(event.target));
  if (name === null) return;
  for (let i = layers.length - 1; i >= 0; i -= 1) {
    const run = layers[i]?.held.current[name];
    if (run === undefined) continue;
    event.preventDefault();
    event.stopPropagation();
    return run();
  }
}

/**
 * Binds keys while the component is shown. The component drawn last is asked first,
 * a child before its parent, also when both appear at once (effects run the other
 * way round). Bound before the browser paints: whatever key the screen shows works
 * at once.
 */
export function useKeys(bindings: Bindings): void {
  const held = useRef(bindings);
  const [place] = useState(() => (places += 1));
  useLayoutEffect(() => {
    held.current = bindings;
  });
  useLayoutEffect(() => {
    const layer = { place, held };
    if (layers.length === 0) window.addEventListener("keydown", dispatch);
    insert(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener("keydown", dispatch);
    };
  }, [place]);
}
