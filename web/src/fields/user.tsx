import { findPeople } from "../api/lookups.ts";
import { words } from "../words/index.ts";
import { type InputProps, widget } from "./field.ts";
import { Chooser } from "./parts/choices.tsx";
import { Face, nameOfPerson, usePeopleChoices } from "./parts/reference.tsx";

/** In a filter: the current user. */
const ME = "$user.id";

function Input(properties: InputProps<string>) {
  const { value, field, record, onChange, onCommit, onCancel, place, label, id, invalid, disabled, describedBy, typed } = properties;
  const people = usePeopleChoices();
  const choices = place === "filter" ? [{ value: ME, label: words("fields.me") }, ...people] : people;
  const chosen = typeof value === "string" ? value : undefined;
  const name = chosen === ME ? words("fields.me") : chosen && nameOfPerson(chosen, record[field.api_name]);
  return (
    <Chooser
      {...{ place, id, invalid, disabled, describedBy, typed, choices }}
      label={label ?? field.name}
      chosen={chosen === undefined ? [] : [chosen]}
      said={name}
      shown={name === undefined ? undefined : <Face name={name} />}
      onPick={([next = null]) => {
        onChange(next);
        onCommit?.(next);
      }}
      onClose={() => onCancel?.()}
    />
  );
}

export default widget<string>({
  Display: ({ value, field, record }) => <Face name={value === ME ? words("fields.me") : nameOfPerson(value, record[field.api_name])} />,
  Input,
  toText: (value, field, _context, record) => (value === ME ? words("fields.me") : nameOfPerson(value, record[field.api_name])),
  fromText: async (text) => {
    const wanted = text.trim().toLocaleLowerCase();
    const found = (await findPeople()).filter(
      (person) => person.id === wanted || person.label.toLocaleLowerCase() === wanted || person.hint?.toLowerCase() === wanted,
    );
    if (found.length === 1 && found[0]) return found[0].id;
    return { unreadable: text, problem: words(found.length === 0 ? "fields.notRecord" : "fields.several", { text: text.trim() }) };
  },
  reads: (field) => [field.value_key, `${field.api_name}.id`, `${field.api_name}.name`],
  width: 160,
});
