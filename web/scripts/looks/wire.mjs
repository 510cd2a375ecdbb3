// The page's websocket in the hand of a script: values held back while a picture
// is taken, topics refused, the line cut.

/** Call before the page opens its websocket. */
export async function hold(page) {
  const wire = { held: false, cut: false, refused: new Set() };
  let ends = [];
  await page.routeWebSocket("**/api/v1/live", (near) => {
    if (wire.cut) return near.close();
    const far = near.connectToServer();
    const end = { near, kept: null };
    ends.push(end);
    near.onMessage((text) => {
      const frame = JSON.parse(text);
      if (frame.t === "sub" && wire.refused.has(frame.topic)) return near.send(JSON.stringify(refusal(frame.topic)));
      far.send(text);
    });
    far.onMessage((text) => {
      if (wire.held && text.includes('"topic":"desk"')) end.kept = text;
      else near.send(text);
    });
  });
  /** The desk stays as it is on the screen while fn runs. */
  wire.still = async (fn) => {
    wire.held = true;
    await fn();
    wire.held = false;
    for (const end of ends) {
      if (end.kept !== null) end.near.send(end.kept);
      end.kept = null;
    }
  };
  /** The line breaks, and every new try too, until mend. */
  wire.break = () => {
    wire.cut = true;
    for (const end of ends) end.near.close();
    ends = [];
  };
  wire.mend = () => (wire.cut = false);
  return wire;
}

const refusal = (topic) => ({ t: "err", topic, error: { code: "too_slow", zh: "服务器暂时太忙，请稍后重试。", en: "The server is too busy; try again in a moment." } });
