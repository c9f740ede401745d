/** The browser's own calendar, opened from a box that takes typed dates. */

import { useRef } from "react";
import { IconButton } from "../../ui/button.tsx";
import { words } from "../../words/index.ts";

export function Calendar({ date, onPick }: { date: string; onPick: (date: string) => void }) {
  const box = useRef<HTMLInputElement>(null);
  return (
    <span className="aside">
      <input
        ref={box}
        type="date"
        className="behind"
        tabIndex={-1}
        aria-hidden
        value={date}
        onChange={(event) => event.currentTarget.value && onPick(event.currentTarget.value)}
      />
      <IconButton icon="calendar" small label={words("fields.openCalendar")} tabIndex={-1} onClick={() => box.current?.showPicker()} />
    </span>
  );
}
