import { optionLabel } from "../api/model.ts";
import { words } from "../words/index.ts";
import { widget } from "./field.ts";
import { Chip, Chooser, optionChoices, optionNamed, optionOf } from "./parts/choices.tsx";

export default widget<string>({
  Display: ({ value, field, context }) => <Chip option={optionOf(field.settings.options, value)} context={context} />,
  Input: ({ value, field, context, onChange, onCommit, onCancel, place, label, id, invalid, disabled, describedBy, typed }) => {
    const chosen = typeof value === "string" ? value : undefined;
    return (
      <Chooser
        {...{ place, id, invalid, disabled, describedBy, typed }}
        label={label ?? field.name}
        choices={optionChoices(field.settings.options, context)}
        chosen={chosen === undefined ? [] : [chosen]}
        shown={chosen === undefined ? undefined : <Chip option={optionOf(field.settings.options, chosen)} context={context} />}
        onPick={([next = null]) => {
          onChange(next);
          onCommit?.(next);
        }}
        onClose={() => onCancel?.()}
      />
    );
  },
  toText: (value, field, { language }) => optionLabel(optionOf(field.settings.options, value), language),
  fromText: (text, field) =>
    optionNamed(field.settings.options, text)?.value ?? { unreadable: text, problem: words("fields.notOption", { text }) },
  width: 124,
});

