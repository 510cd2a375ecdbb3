// How a list's cells look: the server sends texts and says what kind each column is.
import type { ReactNode } from "react";
import type { ListColumn } from "../api/schemas";
import { count, date, dateTime, day, moment, money, NONE, phone, plate } from "../lib/format";
import type { Words } from "../lib/i18n";
import { Icon } from "../ui/Icon";

export const NUMBERS = new Set<ListColumn["kind"]>(["money", "number", "percent"]);
const FULL = 80;

/** A cell; `whole` shows days with their year and all of a long text. */
export function cell(column: ListColumn, text: string, { pick, t, language }: Words, whole = false): ReactNode {
  const words = () => text.split(",").map((code) => column.words.find((w) => w.code === code)).map((w) => (w ? pick(w.zh, w.en) : text));
  if (text === "") return NONE;
  switch (column.kind) {
    case "name":
      return <b translate="no">{text}</b>;
    case "phone":
      return phone(text);
    case "plate":
      return <span translate="no">{plate(text)}</span>;
    case "day":
      return text;
    case "moment":
      return whole ? date(text) : day(text, language);
    case "minute":
      return whole ? dateTime(text) : moment(text, language);
    case "money":
      return money(Number(text));
    case "number":
      return count(Number(text));
    case "percent":
      return <span className={Number(text) >= FULL ? "g" : "a"}>{text} %</span>;
    case "code":
      return words()[0];
    case "codes":
      return <span className="wrapcell">{words().join(t("cust.and"))}</span>;
    case "yes":
      if (column.code === "late") return <span className="r">{t("task.overdue")}</span>;
      return <span className="yescell"><Icon name={column.code === "dnc" ? "ban" : "check"} />{t("lists.yes")}</span>;
    default:
      return column.long && !whole ? <span className="clip2 wrapcell" translate="no">{text}</span> : <span translate="no">{text}</span>;
  }
}
