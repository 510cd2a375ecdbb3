// A drawer at the right edge. Escape or a click beside it closes it.
import { useEffect, useRef, type ReactNode } from "react";
import { Icon } from "./Icon";

export function Drawer({ title, id, close, closeWord, children }: { title: ReactNode; id: string; close: () => void; closeWord: string; children: ReactNode }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  return (
    <div className="drawer-back" onMouseDown={(event) => event.target === event.currentTarget && close()}>
      <section className="drawer" role="dialog" aria-modal="true" aria-label={typeof title === "string" ? title : undefined} ref={box} tabIndex={-1} data-testid={id}
        onKeyDown={(event) => event.key === "Escape" && close()}>
        <header><h2>{title}</h2><span className="end" /><button className="btn t" data-testid={`${id}-close`} aria-label={closeWord} onClick={close}><Icon name="x" /></button></header>
        <div className="scroll">{children}</div>
      </section>
    </div>
  );
}
