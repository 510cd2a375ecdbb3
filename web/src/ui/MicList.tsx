// A list of microphones to choose from.
export function MicList({ list, value, choose, label, none, unnamed }: {
  list: { id: string; label: string }[]; value: string; choose: (id: string) => void; label: string; none: string; unnamed: string;
}) {
  return (
    <select className="miclist" data-testid="mic-picker" aria-label={label} value={value} onChange={(e) => choose(e.target.value)}>
      <option value="">{none}</option>
      {list.filter((d) => d.id !== "default").map((d) => <option key={d.id} value={d.id}>{d.label || unnamed}</option>)}
    </select>
  );
}
