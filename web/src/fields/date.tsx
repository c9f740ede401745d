import type { Field } from "../api/model.ts";
import { readDate, showDate } from "../lib/dates.ts";
import { words } from "../words/index.ts";
import { type FieldContext, isUnreadable, widget } from "./field.ts";
import { Calendar } from "./parts/calendar.tsx";
import { textEntry } from "./parts/text-entry.tsx";

const MOVING = /^\$[a-z]/;

const toText = (value: string) => value;

function fromText(text: string, _field: Field, context: FieldContext) {
  // A moving date of a filter, such as `$today-7d`: the server knows them.
  if (MOVING.test(text.trim())) return text.trim();
  return readDate(text, context) ?? { unreadable: text, problem: words("fields.notDate", { example: "2026-04-03" }) };
}

export default widget<string>({
  Display: ({ value, context }) => showDate(value, context),
  Input: textEntry<string>(
    { toText, fromText },
    {
      placeholder: ({ place }) => (place === "cell" ? "" : "2026-04-03"),
      aside: ({ value }, write) => <Calendar date={isUnreadable(value) ? "" : String(value ?? "")} onPick={write} />,
    },
  ),
  toText,
  fromText,
  width: 120,
});
