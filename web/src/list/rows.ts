/** The rows of a list, as they are asked for and shown. */

import { useEffect, useRef, useState } from "react";
import type { ObjectType } from "../api/model.ts";
import { type Grouping, GroupedRows } from "../grid/grouped.ts";
import type { RowSource } from "../grid/source.ts";
import { ListWindow } from "../grid/window.ts";

/** The rows that a query asks for; those of the one before stay until the first of them are there. */
export function useList(
  object: ObjectType,
  { fields, filter, sort, q, timeZone, grouping }: { fields: string; filter: string | undefined; sort: string; q: string; timeZone: string; grouping: Grouping | undefined },
): { list: RowSource | undefined; isBusy: boolean } {
  const [list, setList] = useState<RowSource>();
  const [isBusy, setBusy] = useState(false);
  const shown = useRef<RowSource>(undefined);
  const [, redraw] = useState(0);

  useEffect(() => {
    const query = { object, fields: fields.split(","), filter, sort, q, timeZone };
    const next = grouping ? new GroupedRows(query, grouping) : new ListWindow(query);
    const before = shown.current;
    const same = before?.identity === next.identity;
    if (same && before) next.follow(before);
    const take = () => {
      shown.current = next;
      before?.close();
      setList(next);
      setBusy(false);
    };
    // Rows that come redraw the table, which listens by itself; the place round it is redrawn when what it says changes.
    let said = "";
    const stop = next.subscribe(() => {
      if (shown.current !== next && (next.isKnown || next.error !== undefined)) take();
      const say = JSON.stringify([next.isKnown, next.error !== undefined, next.rows, next.size, next.total?.exact]);
      if (say === said) return;
      said = say;
      redraw((now) => now + 1);
    });
    if (before) setBusy(true);
    else take();
    const [first, last] = same && before ? before.seen : [0, 40];
    next.show(first, last);
    return () => {
      stop();
      if (shown.current !== next) next.close();
    };
  }, [object, fields, filter, sort, q, timeZone, grouping]);

  useEffect(
    () => () => {
      shown.current?.close();
      shown.current = undefined;
    },
    [],
  );
  return { list, isBusy };
}
