// A button with a small panel below it. Escape and a click elsewhere close it.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Icon, type IconName } from "../ui/Icon";

export function Pop({ id, icon, label, keyed, children }: { id: string; icon: IconName; label: ReactNode; keyed?: { open: boolean; set: (open: boolean) => void }; children: (close: () => void) => ReactNode }) {
  const [own, setOwn] = useState(false);
  const [open, set] = keyed ? [keyed.open, keyed.set] : [own, setOwn];
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const away = (event: MouseEvent) => event.target instanceof Node && !box.current?.contains(event.target) && set(false);
    document.addEventListener("mousedown", away);
    return () => document.removeEventListener("mousedown", away);
  }, [open, set]);
  return (
    <div className="menu" ref={box} onKeyDown={(e) => e.key === "Escape" && open && (e.stopPropagation(), set(false))}>
      <button type="button" className={`btn s ${open ? "on" : ""}`} data-testid={id} aria-expanded={open} onClick={() => set(!open)}><Icon name={icon} /><span>{label}</span></button>
      {open && <div className="pop listpop" data-testid={`${id}-pop`}>{children(() => set(false))}</div>}
    </div>
  );
}
