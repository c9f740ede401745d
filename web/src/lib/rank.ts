/** Ranks: texts of digits and small letters whose order is the order of a list, so that a move writes one of them. */

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;

/** A rank between two others; an absent one is the beginning or the end. */
export function between(low = "", high?: string): string {
  let end = high;
  let rank = "";
  for (;;) {
    const at = rank.length;
    const from = Math.max(0, DIGITS.indexOf(low[at] ?? "0"));
    const to = end === undefined || at >= end.length ? BASE : DIGITS.indexOf(end[at] ?? "");
    const middle = Math.floor((from + to) / 2);
    if (middle > from) return rank + DIGITS[middle];
    rank += DIGITS[from];
    // Everything that goes on from here is below the end already.
    if (to > from) end = undefined;
  }
}

/** This many ranks in order, with room between them. */
export function spread(count: number): string[] {
  const step = BASE ** 3 / (count + 1);
  return Array.from({ length: count }, (_, index) => Math.floor((index + 1) * step).toString(BASE).padStart(3, "0").replace(/0+$/, ""));
}

/**
 * The ranks to write after one of a list was put elsewhere, by place: its own alone, or all of them where others have none.
 * `ranks` are in the new order, `at` is the place of the one that moved.
 */
export function ranksAfter(ranks: (string | null)[], at: number): Map<number, string> {
  const others = ranks.filter((_, index) => index !== at);
  const inOrder = others.every((rank, index) => rank !== null && (index === 0 || (others[index - 1] ?? "") < rank));
  if (inOrder) return new Map([[at, between(ranks[at - 1] ?? undefined, ranks[at + 1] ?? undefined)]]);
  return new Map(spread(ranks.length).map((rank, index) => [index, rank]));
}
