/** A panel that floats beside its button. */

import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { useWords } from "../words/index.ts";
import { IconButton } from "./button.tsx";

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
  /** On a phone it is a sheet from the bottom, with a head that says what it is. */
  sheet?: boolean;
}

export function Popover({ trigger, anchor, open, onOpen, label, align = "start", className = "", children, initialFocus = true, sheet = false }: Properties) {
  const t = useWords();
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpen && { onOpenChange: onOpen })}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        {sheet && <Base.Backdrop className="scrim on-phone" />}
        <Base.Positioner className="placed" align={align} sideOffset={4} collisionPadding={8} {...(anchor && { anchor })}>
          <Base.Popup className={`float ${sheet ? "is-sheet" : ""} ${className}`} aria-label={label} initialFocus={initialFocus}>
            {sheet && (
              <header className="on-phone">
                <b aria-hidden>{label}</b>
                <Base.Close render={<IconButton icon="x" label={t("common.close")} className="push" />} />
              </header>
            )}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
