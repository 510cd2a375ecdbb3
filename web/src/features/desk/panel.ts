/** A small panel beside the script; "" when none is open. */
export type Panel = "" | "keypad" | "early" | "callback" | "dnc" | "book" | "quote";

export interface PanelHand {
  open: Panel;
  flip(what: Panel): void;
  shut(): void;
}
