import { recordNamed } from "../api/lookups.ts";
import { words } from "../words/index.ts";
import { type InputProps, widget } from "./field.ts";
import { Chooser } from "./parts/choices.tsx";
import { nameOfRecord, targetOf, Tile, useRecordChoices } from "./parts/reference.tsx";

function Input(properties: InputProps<string>) {
  const { value, field, record, context, onChange, onCommit, onCancel, place, label, id, invalid, disabled, describedBy, typed } = properties;
  const { choices, search, busy } = useRecordChoices(field, context, typed ?? "");
  const chosen = typeof value === "string" ? value : undefined;
  const name = chosen === undefined ? undefined : nameOfRecord(chosen, record[field.api_name], field, context);
  return (
    <Chooser
      {...{ place, id, invalid, disabled, describedBy, typed, choices, busy }}
      label={label ?? field.name}
      chosen={chosen === undefined ? [] : [chosen]}
      said={name}
      shown={name === undefined ? undefined : <Tile name={name} />}
      onSearch={search}
      onPick={([next = null]) => {
        onChange(next);
        onCommit?.(next);
      }}
      onClose={() => onCancel?.()}
    />
  );
}

export default widget<string>({
  Display: ({ value, field, record, context }) => <Tile name={nameOfRecord(value, record[field.api_name], field, context)} />,
  Input,
  toText: (value, field, context, record) => nameOfRecord(value, record[field.api_name], field, context),
  fromText: async (text, field, context) => {
    const target = targetOf(field, context);
    const wanted = text.trim();
    if (!target || /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(wanted)) return wanted;
    const named = await recordNamed(context.model, target, wanted);
    if ("id" in named) return named.id;
    return { unreadable: text, problem: words(named.problem === "none" ? "fields.notRecord" : "fields.several", { text: wanted }) };
  },
  reads: (field, context) => {
    const target = targetOf(field, context);
    const label = target && context.model.labelField(target);
    return [field.value_key, ...(target ? [`${field.api_name}.id`] : []), ...(label ? [`${field.api_name}.${label.value_key}`] : [])];
  },
  width: 188,
});
