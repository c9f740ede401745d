import { useCallback, useRef } from "react";

/** A function that stays the same over all renders, and does what the latest one does. */
export function useSteady<A extends unknown[]>(act: (...given: A) => void): (...given: A) => void {
  const latest = useRef(act);
  latest.current = act;
  return useCallback((...given: A) => latest.current(...given), []);
}
