import { widget } from "./field.ts";
import { ValueLink } from "./parts/link.tsx";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: string) => value;
/** An address without its scheme is meant to be one of the web. */
const fromText = (text: string) => (/^[a-z][a-z0-9+.-]*:/i.test(text.trim()) ? text.trim() : `https://${text.trim()}`);
const short = (value: string) => value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");

export default widget<string>({
  Display: ({ value }) =>
    /^https?:/i.test(value) ? <ValueLink href={value} text={short(value)} outside /> : <span className="cut">{value}</span>,
  Input: textEntry<string>({ toText, fromText }, { inputMode: "url" }),
  toText,
  fromText,
  width: 180,
});
