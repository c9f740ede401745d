import { recordNamed } from "../api/lookups.ts";
import { words } from "../words/index.ts";
import { type Entry, type InputProps, widget } from "./field.ts";
import { Chooser } from "./parts/choices.tsx";
import { nameOfRecord, targetOf, Tile, useRecordChoices } from "./parts/reference.tsx";

/** Answers hold the records themselves, writes hold their ids. */
type Linked = (string | { id: string })[];

const idsOf = (value: unknown): string[] =>
  Array.isArray(value) ? (value as Linked).map((each) => (typeof each === "string" ? each : each.id)) : [];

function Input(properties: InputProps<Linked>) {
  const { value, field, record, context, onChange, onCommit, place, label, id, invalid, disabled, describedBy, typed } = properties;
  const { choices, search, busy } = useRecordChoices(field, context, typed ?? "");
  const chosen = idsOf(value);
  const named = chosen.map((each) => ({ value: each, label: nameOfRecord(each, record[field.api_name], field, context) }));
  return (
    <Chooser
      {...{ place, id, invalid, disabled, describedBy, typed, busy, chosen }}
      several
      choices={[...choices, ...named.filter((each) => !choices.some((choice) => choice.value === each.value))]}
      label={label ?? field.name}
      said={named.map((each) => each.label).join(", ")}
      shown={named.length === 0 ? undefined : named.map((each) => <Tile key={each.value} name={each.label} />)}
      onSearch={search}
      onPick={(next) => onChange(next)}
      onClose={() => onCommit?.(value)}
    />
  );
}

export default widget<Linked>({
  Display: ({ value, field, record, context }) => (
    <span className="chips">
      {idsOf(value).map((id) => (
        <Tile key={id} name={nameOfRecord(id, record[field.api_name], field, context)} />
      ))}
    </span>
  ),
  Input,
  toText: (value, field, context, record) =>
    idsOf(value)
      .map((id) => nameOfRecord(id, record[field.api_name], field, context))
      .join(", "),
  fromText: async (text, field, context): Promise<Entry<Linked>> => {
    const target = targetOf(field, context);
    const ids: string[] = [];
    for (const part of text.split(/[,;\n]/).map((each) => each.trim())) {
      if (part === "" || !target) continue;
      const named = await recordNamed(context.model, target, part);
      if (!("id" in named)) {
        return { unreadable: text, problem: words(named.problem === "none" ? "fields.notRecord" : "fields.several", { text: part }) };
      }
      ids.push(named.id);
    }
    return ids;
  },
  reads: (field, context) => {
    const target = targetOf(field, context);
    const label = target && context.model.labelField(target);
    return [`${field.api_name}.id`, ...(label ? [`${field.api_name}.${label.value_key}`] : [])];
  },
  width: 220,
});
