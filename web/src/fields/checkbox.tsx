import { Check } from "../ui/checkbox.tsx";
import { words } from "../words/index.ts";
import { widget } from "./field.ts";

const YES = new Set(["true", "yes", "y", "1", "x", "on", "✓", "да", "истина"]);
const NO = new Set(["false", "no", "n", "0", "off", "нет", "ложь"]);

export default widget<boolean>({
  // Decoration: a press of Space or a click on the cell is what changes it.
  Display: ({ value }) => <span className={`check drawn ${value ? "on" : ""}`} role="img" aria-label={words(value ? "fields.yes" : "fields.no")} />,
  Input: ({ value, onChange, onCommit, id, label, disabled, autoFocus }) => (
    <span className="flex items-center h-8">
      <Check
        checked={value === true}
        {...(id && { id })}
        {...(label && { label })}
        {...(disabled && { disabled })}
        {...(autoFocus && { autoFocus })}
        onChange={(next) => {
          onChange(next);
          onCommit?.(next);
        }}
      />
    </span>
  ),
  toText: (value) => words(value ? "fields.yes" : "fields.no"),
  fromText: (text) => {
    const wanted = text.trim().toLowerCase();
    if (YES.has(wanted)) return true;
    return NO.has(wanted) ? false : { unreadable: text, problem: words("fields.notYesNo") };
  },
  toggled: (value) => value !== true,
  width: 100,
});
