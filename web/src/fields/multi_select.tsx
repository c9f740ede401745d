import { optionLabel } from "../api/model.ts";
import { words } from "../words/index.ts";
import { widget } from "./field.ts";
import { Chip, Chooser, optionChoices, optionNamed, optionOf } from "./parts/choices.tsx";

export default widget<string[]>({
  Display: ({ value, field, context }) => (
    <span className="chips">
      {value.map((each) => (
        <Chip key={each} option={optionOf(field.settings.options, each)} context={context} />
      ))}
    </span>
  ),
  Input: ({ value, field, context, onChange, onCommit, place, label, id, invalid, disabled, describedBy, typed }) => {
    const chosen = Array.isArray(value) ? value : [];
    return (
      <Chooser
        {...{ place, id, invalid, disabled, describedBy, typed }}
        several
        label={label ?? field.name}
        choices={optionChoices(field.settings.options, context)}
        chosen={chosen}
        shown={chosen.length === 0 ? undefined : chosen.map((each) => <Chip key={each} option={optionOf(field.settings.options, each)} context={context} />)}
        onPick={(next) => onChange(next.length === 0 ? null : next)}
        onClose={() => onCommit?.(value)}
      />
    );
  },
  toText: (value, field, { language }) => value.map((each) => optionLabel(optionOf(field.settings.options, each), language)).join(", "),
  fromText: (text, field) => {
    const values: string[] = [];
    for (const part of text.split(/[,;\n]/).map((each) => each.trim())) {
      if (part === "") continue;
      const option = optionNamed(field.settings.options, part);
      if (!option) return { unreadable: text, problem: words("fields.notOption", { text: part }) };
      if (!values.includes(option.value)) values.push(option.value);
    }
    return values;
  },
  width: 200,
});
