// A level bar. It reads its source ten times a second and writes the width
// itself, so that React draws nothing while somebody speaks.
import { useEffect, useRef } from "react";

export function Meter({ read, label }: { read: () => number; label: string }) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      if (bar.current) bar.current.style.width = `${Math.round(read() * 100)}%`;
    }, 100);
    return () => clearInterval(timer);
  }, [read]);
  return <span className="meter" role="img" aria-label={label}><i ref={bar} style={{ width: 0 }} /></span>;
}
