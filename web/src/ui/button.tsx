/** Buttons: with an edge, green for the one act of a screen, or quiet in bars. An icon without words has a label. */

import { type ComponentProps, forwardRef } from "react";
import { Icon } from "./icon.tsx";

interface Look {
  icon?: string | undefined;
  primary?: boolean | undefined;
  bad?: boolean | undefined;
  small?: boolean | undefined;
}

const classes = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(" ");

export const Button = forwardRef<HTMLButtonElement, ComponentProps<"button"> & Look>(function Button(
  { icon, primary, bad, small, className, children, ...rest },
  ref,
) {
  return (
    <button ref={ref} type="button" className={classes("button", primary && "primary", bad && "bad", small && "small", className)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
});

export const Ghost = forwardRef<HTMLButtonElement, ComponentProps<"button"> & { icon?: string | undefined; ink?: boolean | undefined; end?: string | undefined }>(
  function Ghost({ icon, ink, end, className, children, ...rest }, ref) {
    return (
      <button ref={ref} type="button" className={classes("ghost", ink && "ink", className)} {...rest}>
        {icon && <Icon name={icon} />}
        {children}
        {end && <Icon name={end} size={14} />}
      </button>
    );
  },
);

/** A square with an icon; `label` is what readers and the tool tip say. */
export const IconButton = forwardRef<HTMLButtonElement, ComponentProps<"button"> & { icon: string; label: string; small?: boolean | undefined }>(
  function IconButton({ icon, label, small, className, ...rest }, ref) {
    return (
      <button ref={ref} type="button" className={classes("ghost square", className)} aria-label={label} title={label} {...rest}>
        <Icon name={icon} size={small ? 14 : 16} />
      </button>
    );
  },
);
