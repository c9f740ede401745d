/** One of a few, all in sight. */

import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useId } from "react";

interface Properties<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: string }[];
  /** Without its label in sight, which readers still say. */
  bare?: boolean;
}

export function Segment<T extends string>({ label, value, onChange, options, bare = false }: Properties<T>) {
  const id = useId();
  const choices = (
    <RadioGroup className="segment" {...(bare ? { "aria-label": label } : { "aria-labelledby": id })} value={value} onValueChange={(next) => onChange(next as T)}>
      {options.map((option) => (
        <Radio.Root key={option.value} value={option.value} nativeButton render={<button type="button" className={option.value === value ? "on" : ""} />}>
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
  if (bare) return choices;
  return (
    <div className="field">
      <span id={id}>{label}</span>
      {choices}
    </div>
  );
}
