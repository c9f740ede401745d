import { Checkbox } from "@base-ui/react/checkbox";
import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

interface Properties {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label?: string;
  some?: boolean;
  disabled?: boolean;
  id?: string;
  autoFocus?: boolean;
}

export function Check({ checked, onChange, label, some = false, disabled = false, ...rest }: Properties) {
  return (
    <Checkbox.Root
      className={`check ${checked ? "on" : ""} ${some ? "some" : ""}`}
      checked={checked}
      indeterminate={some}
      disabled={disabled}
      onCheckedChange={onChange}
      {...(label && { "aria-label": label })}
      {...rest}
    >
      <Checkbox.Indicator>
        <Icon name={some ? "minus" : "check"} />
      </Checkbox.Indicator>
    </Checkbox.Root>
  );
}

export function CheckLine({ children, ...rest }: Properties & { children: ReactNode }) {
  return (
    <label className="checkline">
      <Check {...rest} />
      <span>{children}</span>
    </label>
  );
}
