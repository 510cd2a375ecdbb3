// Calls a promise by hand, from the customer's page: the desk opens when the line
// does; what the gate says against it stands below the button.
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Promised } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { useDesk, usePhoneObject } from "../../softphone/context";
import { Act } from "../../ui/bits";

const WAITING = ["pending", "queued", "retry_wait"];

export function CallNow({ promise }: { promise: Promised }) {
  const { t, pick } = useWords();
  const desk = useDesk();
  const phone = usePhoneObject();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState("");
  const free = desk && desk.audio === "up" && (desk.state === "ready" || desk.state === "paused");
  if (!free || !WAITING.includes(promise.state)) return null;
  const call = async () => {
    setBusy(true);
    const reply = await phone.command("desk.call", { taskId: promise.id });
    setBusy(false);
    if (reply.ok) return void navigate("/desk");
    phone.dispatch({ type: "problem", problem: null }); // it is said here, not on the desk
    setRefused(pick(reply.error.zh, reply.error.en));
  };
  return (
    <>
      <Act id={`call-${promise.id}`} size="s" icon="phone" disabled={busy} run={() => void call()}>{t("cust.callNow")}</Act>
      {refused && <p className="r xs" role="alert" data-testid="call-refused">{refused}</p>}
    </>
  );
}
