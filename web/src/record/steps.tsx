/** Where a record stands in its list, and the way to the ones beside it. */

import { useShortcut } from "../app/shortcuts.ts";
import { useFieldContext } from "../fields/index.ts";
import type { Position } from "../grid/trail.ts";
import { showNumber } from "../lib/numbers.ts";
import { IconButton } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";

interface Properties {
  position: Position | undefined;
  onStep: (by: 1 | -1) => void;
}

export function Steps({ position, onStep }: Properties) {
  const t = useWords();
  const { locale } = useFieldContext();
  useShortcut("nextRecord", () => onStep(1));
  useShortcut("previousRecord", () => onStep(-1));
  const number = (value: number) => showNumber(value, locale);
  return (
    <div className="steps">
      {position && (
        <span className="muted num">
          {t(position.of.exact ? "record.position" : "record.positionAbout", { at: number(position.at), of: number(position.of.rows) })}
        </span>
      )}
      <IconButton icon="chevron-up" label={t("record.previous")} disabled={position?.at === 1} onClick={() => onStep(-1)} />
      <IconButton icon="chevron-down" label={t("record.next")} disabled={position?.of.exact === true && position.at >= position.of.rows} onClick={() => onStep(1)} />
    </div>
  );
}
