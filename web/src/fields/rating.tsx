import type { CSSProperties } from "react";
import type { Field } from "../api/model.ts";
import { Icon } from "../ui/icon.tsx";
import { words } from "../words/index.ts";
import { type InputProps, widget } from "./field.ts";

const MOST = 5;
/** The most stars that are drawn. */
const DRAWN = 10;
const mostOf = (field: Field) => field.settings.max ?? MOST;

/** One element: a mask of stars over two colours. */
const Stars = ({ value, max }: { value: number; max: number }) => (
  <span
    className="stars drawn"
    role="img"
    aria-label={words("fields.stars", { value, max })}
    style={{ "--of": Math.min(max, DRAWN), "--lit": Math.min(value, max, DRAWN) } as CSSProperties}
  />
);

/** Stars to press; digits and arrows work as well. */
function Input({ value, field, onChange, onCommit, autoFocus, typed, label, id, disabled, place }: InputProps<number>) {
  const max = mostOf(field);
  const now = typeof value === "number" ? value : 0;
  const set = (next: number) => {
    const kept = Math.max(0, Math.min(max, next));
    onChange(kept === 0 ? null : kept);
    return kept === 0 ? null : kept;
  };
  return (
    <span
      className={place === "cell" ? "cell-input flex items-center" : "flex items-center h-8"}
      role="slider"
      tabIndex={disabled ? -1 : 0}
      id={id}
      aria-label={label ?? field.name}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={now}
      ref={(element) => {
        if (!element || !autoFocus || element.dataset["begun"]) return;
        element.dataset["begun"] = "1";
        element.focus({ preventScroll: true });
        if (typed !== undefined && /^\d$/.test(typed)) set(Number(typed));
      }}
      onKeyDown={(event) => {
        if (disabled) return;
        if (/^\d$/.test(event.key)) set(Number(event.key));
        else if (event.key === "ArrowRight" || event.key === "ArrowUp") set(now + 1);
        else if (event.key === "ArrowLeft" || event.key === "ArrowDown") set(now - 1);
        else if (event.key === "Delete" || event.key === "Backspace") set(0);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className="stars">
        {Array.from({ length: Math.min(max, DRAWN) }, (_, index) => (
          <span
            key={index}
            aria-hidden
            className={index < now ? "lit" : ""}
            onClick={() => {
              if (disabled) return;
              const next = set(index + 1 === now ? index : index + 1);
              onCommit?.(next);
            }}
          >
            <Icon name="star" size={14} />
          </span>
        ))}
      </span>
    </span>
  );
}

export default widget<number>({
  Display: ({ value, field }) => <Stars value={value} max={mostOf(field)} />,
  Input,
  toText: (value) => String(value),
  fromText: (text, field) => {
    const stars = /^★+☆*$/.test(text.trim()) ? text.trim().split("★").length - 1 : Number(text.trim());
    return Number.isInteger(stars) && stars >= 0 && stars <= mostOf(field)
      ? stars
      : { unreadable: text, problem: words("fields.notRating", { max: mostOf(field) }) };
  },
  width: 112,
});
