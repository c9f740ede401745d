import type { Field } from "../api/model.ts";
import { readMoment, showMoment, writeMoment } from "../lib/dates.ts";
import { words } from "../words/index.ts";
import { type FieldContext, isUnreadable, widget } from "./field.ts";
import { Calendar } from "./parts/calendar.tsx";
import { textEntry } from "./parts/text-entry.tsx";

const MOVING = /^\$[a-z]/;

const toText = (value: string, _field: Field, { timeZone }: FieldContext) => writeMoment(value, timeZone);

function fromText(text: string, _field: Field, context: FieldContext) {
  if (MOVING.test(text.trim())) return text.trim();
  return readMoment(text, context) ?? { unreadable: text, problem: words("fields.notMoment", { example: "2026-04-03 14:30" }) };
}

export default widget<string>({
  Display: ({ value, context }) => showMoment(value, context),
  Input: textEntry<string>(
    { toText, fromText },
    {
      placeholder: ({ place }) => (place === "cell" ? "" : "2026-04-03 14:30"),
      aside: ({ value, context }, write) => {
        const written = isUnreadable(value) || !value ? "" : writeMoment(String(value), context.timeZone);
        return <Calendar date={written.slice(0, 10)} onPick={(date) => write(`${date} ${written.slice(11) || "09:00"}`)} />;
      },
    },
  ),
  toText,
  fromText,
  width: 140,
});
