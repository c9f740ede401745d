/** The part of the table that is seen: which rows and columns are drawn, and scrolling to a cell. */

import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type TableProperties, TICK_WIDTH } from "./table.ts";

interface View {
  first: number;
  last: number;
  from: number;
  to: number;
  /** Only where the bar is scaled: then every pixel matters. */
  scroll: number;
}

/** Beyond it browsers cut a page off; the bar is then scaled. */
const TALLEST = 15_000_000;
/** Rows that are drawn beyond the edge that one scrolls towards, and beyond the other. */
const AHEAD = 4;
const BEHIND = 1;
/** Screens a second. */
const FAST = 3;
/** Milliseconds without a move. */
const SETTLED = 90;
const RESTED = 200;
const HEAD = 32;
const FOOT = 36;

export interface Seen {
  view: View;
  pinned: number;
  /** Pixels of the columns between the pinned and the first that is drawn. */
  before: number;
  height: number;
  /** Rows of a screen. */
  page: number;
  look: () => void;
  /** The row at the top of what is seen. */
  top: () => number;
  reveal: (row: number, col: number) => void;
  /** Where a row lies in the body. */
  topOf: (row: number) => number;
  /** Makes a column this wide. It is stored when it is done. */
  width: (at: number, width: number, done: boolean) => void;
  /** Makes a column as wide as its widest cell. */
  fit: (at: number) => void;
}

type Given = Pick<TableProperties, "list" | "columns" | "rowHeight" | "totals" | "onWidth">;

export function useView({ list, columns, rowHeight, totals, onWidth }: Given, revision: number, box: RefObject<HTMLDivElement | null>): Seen {
  const [view, setView] = useState<View>({ first: 0, last: 40, from: 0, to: 12, scroll: 0 });
  const rows = list.rows;
  const pinned = columns.filter((column) => column.pinned).length;
  const full = rows * rowHeight;
  const scale = full > TALLEST ? full / TALLEST : 1;

  // Widths are variables: making a column wider draws nothing again.
  useLayoutEffect(() => {
    const style = box.current?.style;
    if (!style) return;
    let left = TICK_WIDTH;
    for (const [at, column] of columns.entries()) {
      style.setProperty(`--w-${at}`, `${column.width}px`);
      if (at < pinned) style.setProperty(`--l-${at}`, `${left}px`);
      left += column.width;
    }
    style.setProperty("--total", `${left + 16}px`);
  }, [columns, pinned]);

  const moved = useRef({ top: 0, at: 0, timer: 0, isUp: false });
  const measure = useCallback((): View => {
    const at = box.current;
    if (!at) return { first: 0, last: 40, from: pinned, to: columns.length - 1, scroll: 0 };
    const top = at.scrollTop * scale;
    if (at.scrollTop !== moved.current.top) moved.current.isUp = at.scrollTop < moved.current.top;
    const { isUp } = moved.current;
    const first = Math.max(0, Math.floor(top / rowHeight) - (isUp ? AHEAD : BEHIND));
    const last = Math.min(rows - 1, Math.floor((top + at.clientHeight - HEAD - (totals ? FOOT : 0)) / rowHeight) + (isUp ? BEHIND : AHEAD));
    let left = TICK_WIDTH;
    for (let each = 0; each < pinned; each += 1) left += columns[each]?.width ?? 0;
    const [start, end] = [at.scrollLeft + left, at.scrollLeft + at.clientWidth];
    let [from, to] = [pinned, pinned - 1];
    for (let each = pinned; each < columns.length; each += 1) {
      const width = columns[each]?.width ?? 0;
      if (left + width <= start) from = each + 1;
      if (left < end) to = each;
      left += width;
    }
    return { first, last, from: Math.min(from, Math.max(pinned, columns.length - 1)), to, scroll: scale === 1 ? 0 : at.scrollTop };
  }, [columns, pinned, rowHeight, rows, scale, totals !== undefined]);

  const look = useCallback(() => {
    const next = measure();
    setView((now) =>
      now.first === next.first && now.last === next.last && now.from === next.from && now.to === next.to && now.scroll === next.scroll ? now : next,
    );
    const element = box.current;
    if (!element) return;
    element.toggleAttribute("data-aside", element.scrollLeft > 0);
    const now = performance.now();
    const { top, at, timer, isUp } = moved.current;
    const screens = Math.abs(element.scrollTop - top) * scale / Math.max(1, element.clientHeight);
    // While it flies past, nothing is asked for. The first move after a rest is a jump, whose rows are wanted at once.
    const fast = now - at < RESTED && screens / Math.max(0.016, (now - at) / 1_000) > FAST && screens > 0.5;
    clearTimeout(timer);
    moved.current = { top: element.scrollTop, at: now, timer: fast ? window.setTimeout(() => list.show(next.first, next.last), SETTLED) : 0, isUp };
    if (!fast) list.show(next.first, next.last);
  }, [measure, list, scale]);

  useLayoutEffect(look, [look, revision]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  const reveal = (row: number, col: number) => {
    const at = box.current;
    if (!at) return;
    const bottom = totals ? FOOT : 0;
    const seen = at.clientHeight - HEAD - bottom;
    const top = row * rowHeight;
    if (top < at.scrollTop * scale) at.scrollTop = top / scale;
    else if (top + rowHeight > at.scrollTop * scale + seen) at.scrollTop = (top + rowHeight - seen) / scale;
    if (col >= pinned) {
      let [left, start] = [TICK_WIDTH, TICK_WIDTH];
      for (const [each, column] of columns.entries()) {
        if (each < pinned) start += column.width;
        if (each < col) left += column.width;
      }
      const width = columns[col]?.width ?? 0;
      if (left - start < at.scrollLeft) at.scrollLeft = left - start;
      else if (left + width > at.scrollLeft + at.clientWidth) at.scrollLeft = left + width - at.clientWidth;
    }
    // The cell is drawn at once: its event comes a frame later, and a key typed before it would be lost.
    look();
  };

  const before = useMemo(() => columns.slice(pinned, view.from).reduce((sum, column) => sum + column.width, 0), [columns, pinned, view.from]);

  const width = (at: number, next: number, done: boolean) => {
    const column = columns[at];
    const style = box.current?.style;
    if (!column || !style) return;
    style.setProperty(`--w-${at}`, `${next}px`);
    const total = columns.reduce((sum, each, index) => sum + (index === at ? next : each.width), TICK_WIDTH + 16);
    style.setProperty("--total", `${total}px`);
    if (done) onWidth(column.path, next);
  };

  const fit = (at: number) => {
    const cells = box.current?.querySelectorAll<HTMLElement>(`[data-col="${at}"]`) ?? [];
    width(at, Math.min(480, Math.max(...[...cells].map(widthOfContent), 40) + 32), true);
  };

  return {
    view,
    pinned,
    before,
    height: full / scale,
    page: Math.max(1, Math.floor(((box.current?.clientHeight ?? 600) - HEAD) / rowHeight) - 1),
    look,
    top: () => (box.current ? Math.floor((box.current.scrollTop * scale) / rowHeight) : 0),
    reveal,
    topOf: (row) => (scale === 1 ? row * rowHeight : view.scroll + (row * rowHeight - view.scroll * scale)),
    width,
    fit,
  };
}

/** As wide as it would be with all the room there is. */
function widthOfContent(cell: HTMLElement): number {
  const range = document.createRange();
  const widths = [...cell.childNodes].map((node) => {
    if (node instanceof HTMLElement && node.dataset["open"] !== undefined) return 0;
    range.selectNode(node);
    return Math.max(range.getBoundingClientRect().width, node instanceof Element ? node.scrollWidth : 0);
  });
  return Math.max(0, ...widths);
}
