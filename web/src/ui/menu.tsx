/** Menus that drop from a button. Each lies in a landmark of its own, since it is drawn outside those of the page. */

import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { useWords } from "../words/index.ts";
import { Icon } from "./icon.tsx";

interface MenuProperties {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "end" | "center";
  side?: "top" | "bottom" | "right" | "left";
  onOpen?: (open: boolean) => void;
}

export function Menu({ trigger, children, align = "start", side = "bottom", onOpen }: MenuProperties) {
  const t = useWords();
  return (
    <Base.Root {...(onOpen && { onOpenChange: onOpen })}>
      <Base.Trigger render={trigger} />
      <Base.Portal role="region" aria-label={t("common.menu")}>
        <Base.Positioner className="placed" align={align} side={side} sideOffset={4} collisionPadding={8}>
          <Base.Popup className="float menu">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** The same, where the pointer is or beside something that is no button. */
export function MenuAt({ anchor, onClose, children }: { anchor: Element | null; onClose: () => void; children: ReactNode }) {
  const t = useWords();
  return (
    <Base.Root open={anchor !== null} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal role="region" aria-label={t("common.menu")}>
        <Base.Positioner className="placed" anchor={anchor} align="start" sideOffset={4} collisionPadding={8}>
          <Base.Popup className="float menu">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ItemProperties {
  icon?: string;
  children: ReactNode;
  onClick?: () => void;
  bad?: boolean;
  disabled?: boolean;
  end?: ReactNode;
}

export function MenuItem({ icon, children, onClick, bad = false, disabled = false, end }: ItemProperties) {
  return (
    <Base.Item className={`menu-item ${bad ? "is-bad" : ""}`} disabled={disabled} {...(onClick && { onClick })}>
      {icon && <Icon name={icon} />}
      {children}
      {end && <span className="end">{end}</span>}
    </Base.Item>
  );
}

export function MenuLink({ href, icon, children }: { href: string; icon?: string; children: ReactNode }) {
  return (
    <Base.LinkItem className="menu-item" href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </Base.LinkItem>
  );
}

/** One of several; the chosen one has a tick. */
export function MenuChoice<T extends string>({
  title,
  value,
  onChange,
  options,
}: {
  title: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: string }[];
}) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      <MenuTitle>{title}</MenuTitle>
      {options.map((option) => (
        <Base.RadioItem key={option.value} className="menu-item" value={option.value} closeOnClick>
          {option.label}
          <Base.RadioItemIndicator className="end">
            <Icon name="check" size={14} />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export const MenuTitle = ({ children }: { children: ReactNode }) => <div className="menu-title">{children}</div>;
export const MenuRule = () => <Base.Separator className="menu-rule" />;
