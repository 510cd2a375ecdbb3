/** A time of day as 09:30, whatever the browser's own language makes of times. */
export function Clock({ id, label, value, set }: { id: string; label: string; value: string; set: (value: string) => void }) {
  return <input className="inp clock" data-testid={id} aria-label={label} inputMode="numeric" placeholder="09:30" maxLength={5} value={value} onChange={(e) => set(e.target.value)} />;
}
