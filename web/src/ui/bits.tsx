// Small pieces used on every page: keys, buttons that show theirs, tags, tones.
import type { ButtonHTMLAttributes, ReactNode } from "react";
import type { Tone } from "../api/schemas";
import { Icon, type IconName } from "./Icon";

export const Kbd = ({ children }: { children: ReactNode }) => <kbd>{children}</kbd>;

export interface ActProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "onClick"> {
  id: string;
  run: () => void;
  icon?: IconName;
  keyCap?: string;
  kind?: "" | "p" | "d" | "t";
  size?: "" | "s" | "xl";
}

/** A button with its key. A click leaves the focus where it was, so that keys go on working. `id` is its test id. */
export function Act({ id, run, icon, keyCap, kind = "", size = "", className = "", children, ...rest }: ActProps) {
  return (
    <button
      type="button"
      data-testid={id}
      className={`btn ${kind} ${size} ${className}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={run}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {keyCap && <kbd>{keyCap}</kbd>}
    </button>
  );
}

const TONES: Record<Tone, string> = { info: "", ok: "g", warn: "a", bad: "r" };
export const toneClass = (tone: Tone): string => TONES[tone] ?? "";
export const toneIcon = (tone: Tone): IconName | null => (tone === "warn" || tone === "bad" ? "warn" : tone === "ok" ? "check" : null);

export function Tag({ tone = "info", icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  const shown = icon ?? toneIcon(tone);
  return <span className={`tag ${toneClass(tone)}`}>{shown && <Icon name={shown} />}{children}</span>;
}

/** A tick with the server's time: this much is safe. */
export function Saved({ children }: { children: ReactNode }) {
  return <span className="ok"><Icon name="check" />{children}</span>;
}

export function Bar({ share, tone = "ok" }: { share: number; tone?: Tone | "blue" }) {
  const name = tone === "blue" ? "b" : tone === "info" ? "n" : toneClass(tone);
  return <span className={`bar ${name}`}><i style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }} /></span>;
}
