/** Every icon of lucide. Only loaded where a tenant has chosen one that the page does not use itself. */

import { icons, Shapes } from "lucide-react";

const pascal = (name: string) => name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase());

export const iconNames = (): string[] => Object.keys(icons);

export default function AnyIcon({ name, className }: { name: string; className: string }) {
  const Found = (icons as Record<string, typeof Shapes>)[pascal(name)] ?? Shapes;
  return <Found className={className} aria-hidden />;
}
