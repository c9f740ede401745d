/** A dialog; on a phone a sheet from the bottom. */

import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";
import { useWords } from "../words/index.ts";
import { IconButton } from "./button.tsx";

interface Properties {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  footer?: ReactNode;
  className?: string;
  /** Without a head of its own; the title is still what readers say. */
  bare?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
}

export function Dialog({ open, onClose, title, children, footer, className = "", bare = false, initialFocus }: Properties) {
  const t = useWords();
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup className={`dialog ${className}`} {...(initialFocus && { initialFocus })}>
          {bare ? (
            <Base.Title className="hidden">{title}</Base.Title>
          ) : (
            <header>
              <Base.Title>{title}</Base.Title>
              <Base.Close render={<IconButton icon="x" label={t("common.close")} className="push" />} />
            </header>
          )}
          {children}
          {footer && <footer>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
