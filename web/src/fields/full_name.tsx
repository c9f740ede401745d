import { type Entry, widget } from "./field.ts";
import { CompositeInput, joined, type Parts } from "./parts/composite.tsx";

export default widget<Parts>({
  Display: ({ value }) => joined(value, " "),
  Input: CompositeInput,
  toText: (value) => joined(value, " "),
  fromText: (text): Entry<Parts> => {
    const names = text.trim().split(/\s+/);
    return names.length === 1 ? { first: null, last: names[0] ?? null } : { first: names.slice(0, -1).join(" "), last: names.at(-1) ?? null };
  },
  width: 180,
  tall: true,
});
