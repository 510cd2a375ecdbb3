// The console's icons: 24 px strokes, drawn with the colour of the text beside them.
import type { ReactNode } from "react";

const shapes = {
  ban: <><circle cx="12" cy="12" r="9"/><path d="m6 6 12 12"/></>,
  barge: <><path d="M9 6 3 12l6 6M3 12h12M20 4v16"/></>,
  bolt: <><path d="M13 2 5 13h6l-1 9 9-12h-6z"/></>,
  cal: <><rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 10h16M8 3v4M16 3v4"/></>,
  chart: <><path d="M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6"/></>,
  check: <><path d="m4 12 5 5L20 6"/></>,
  clock: <><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/></>,
  copy: <><rect x="8" y="8" width="12" height="12" rx="1"/><path d="M16 8V4H4v12h4"/></>,
  dl: <><path d="M12 4v12M7 11l5 5 5-5M4 20h16"/></>,
  dots: <><path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3"/></>,
  down: <><path d="m6 9 6 6 6-6"/></>,
  fall: <><path d="M12 5v14M6 13l6 6 6-6"/></>,
  eye: <><path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12"/><circle cx="12" cy="12" r="3"/></>,
  flag: <><path d="M5 21V4h13l-3 4 3 4H5"/></>,
  gear: <><circle cx="12" cy="12" r="3"/><path d="M12 2v4M12 18v4M2 12h4M18 12h4M5 5l2.8 2.8M16.2 16.2 19 19M19 5l-2.8 2.8M7.8 16.2 5 19"/></>,
  head: <><path d="M4 14v-2a8 8 0 0 1 16 0v2M4 13h3v6H5a1 1 0 0 1-1-1zM20 13h-3v6h2a1 1 0 0 0 1-1z"/></>,
  hold: <><path d="M8 5v14M16 5v14"/></>,
  left: <><path d="m15 6-6 6 6 6"/></>,
  list: <><path d="M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01"/></>,
  mail: <><rect x="3" y="5" width="18" height="14" rx="1"/><path d="m3 7 9 7 9-7"/></>,
  mic: <><rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5 11a7 7 0 0 0 14 0M12 18v3"/></>,
  msg: <><path d="M4 5h16v12H9l-5 4z"/></>,
  off: <><path d="M2 2l20 20M8 5a10 10 0 0 1 14 5M2 10a14 14 0 0 1 4-3M6 14a8 8 0 0 1 4-2M12 19h.01"/></>,
  pad: <><path d="M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01" strokeWidth="3"/></>,
  pause: <><path d="M8 5v14M16 5v14" strokeWidth="4"/></>,
  pen: <><path d="M4 20l1-5L16 4l4 4L9 19zM13 7l4 4"/></>,
  phone: <><path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2"/></>,
  play: <><path d="M7 4v16l13-8z" fill="currentColor"/></>,
  plus: <><path d="M12 5v14M5 12h14"/></>,
  rec: <><circle cx="12" cy="12" r="9"/><circle cx="12" cy="12" r="4" fill="currentColor"/></>,
  rise: <><path d="M12 19V5M6 11l6-6 6 6"/></>,
  ring: <><path d="M12 12h.01M8 16a6 6 0 0 1 0-8M16 8a6 6 0 0 1 0 8M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14"/></>,
  screen: <><rect x="3" y="4" width="18" height="12" rx="1"/><path d="M8 21h8M12 16v5"/></>,
  search: <><circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/></>,
  shield: <><path d="M12 3 4 6v6c0 5 3.5 8 8 9 4.5-1 8-4 8-9V6z"/></>,
  shop: <><path d="M4 10v10h16V10M2 10l3-6h14l3 6zM10 20v-6h4v6"/></>,
  spk: <><path d="M4 9v6h4l5 4V5L8 9zM17 9a4 4 0 0 1 0 6"/></>,
  swap: <><path d="M7 4v16M7 20l-4-4M7 20l4-4M17 20V4M17 4l-4 4M17 4l4 4"/></>,
  trend: <><path d="M3 17l6-6 4 4 8-9M15 6h6v6"/></>,
  undo: <><path d="M4 9h10a6 6 0 0 1 0 12h-3M4 9l5-5M4 9l5 5"/></>,
  up: <><path d="M12 16V4M7 9l5-5 5 5M4 20h16"/></>,
  user: <><circle cx="12" cy="8" r="4"/><path d="M4 21a8 8 0 0 1 16 0"/></>,
  users: <><circle cx="9" cy="8" r="4"/><path d="M2 21a7 7 0 0 1 14 0M16 4a4 4 0 0 1 0 8M22 21a7 7 0 0 0-4-6.3"/></>,
  warn: <><path d="M12 4 2.5 20h19zM12 10v4M12 17h.01"/></>,
  whisper: <><path d="M4 5h16v12H9l-5 4zM9 11h.01M12 11h.01M15 11h.01"/></>,
  wrench: <><path d="M14.5 6.5a4.5 4.5 0 0 1 6-1.5l-3 3 1.5 1.5 3-3a4.5 4.5 0 0 1-6 5.5L8 20l-4-4 8-8a4.5 4.5 0 0 1 2.5-1.5"/></>,
  x: <><path d="M5 5l14 14M19 5 5 19"/></>,
  xfer: <><path d="M4 8h14l-4-4M20 16H6l4 4"/></>,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

/** An icon; purely decorative, the word beside it carries the meaning. */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  return (
    <svg className={large ? "i l" : "i"} viewBox="0 0 24 24" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}
