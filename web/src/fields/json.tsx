import { words } from "../words/index.ts";
import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

function fromText(text: string) {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return { unreadable: text, problem: words("fields.notJson", { reason: error instanceof Error ? error.message : "" }) };
  }
}

export default widget<unknown>({
  Display: ({ value }) => <span className="cut mono">{JSON.stringify(value)}</span>,
  Input: textEntry<unknown>({ toText: (value) => JSON.stringify(value, null, 2), fromText }, { multiline: true }),
  toText: (value) => JSON.stringify(value),
  fromText,
  width: 200,
  tall: true,
});
