/** A panel that floats beside its button. */

import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

interface Properties {
  trigger?: ReactElement;
  anchor?: Element | null;
  open?: boolean;
  onOpen?: (open: boolean) => void;
  label: string;
  align?: "start" | "end" | "center";
  className?: string;
  children: ReactNode;
  /** False: the focus goes where the content puts it. */
  initialFocus?: boolean;
}

export function Popover({ trigger, anchor, open, onOpen, label, align = "start", className = "", children, initialFocus = true }: Properties) {
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpen && { onOpenChange: onOpen })}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner className="placed" align={align} sideOffset={4} collisionPadding={8} {...(anchor && { anchor })}>
          <Base.Popup className={`float ${className}`} aria-label={label} initialFocus={initialFocus}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
