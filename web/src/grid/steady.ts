import { useCallback, useRef } from "react";

/** A function that stays the same over all renders, and does what the latest one does. */
export function useSteady<A extends unknown[], R>(act: (...given: A) => R): (...given: A) => R {
  const latest = useRef(act);
  latest.current = act;
  return useCallback((...given: A) => latest.current(...given), []);
}
