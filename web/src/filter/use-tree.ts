/** A filter as rows. Conditions that are not complete yet live here alone; the others are handed over after a pause. */

import { useEffect, useRef, useState } from "react";
import { type Group, type Json, readFilter, writeFilter } from "./tree.ts";

const PAUSE = 250;

export function useTree(filter: Json | undefined, onChange: (filter: Json | undefined) => void): { tree: Group; setTree: (tree: Group) => void } {
  const written = JSON.stringify(filter ?? null);
  const [tree, set] = useState(() => readFilter(filter));
  const told = useRef(written);
  const timer = useRef(0);
  useEffect(() => {
    if (written === told.current) return;
    told.current = written;
    set(readFilter(filter));
  }, [written]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    tree,
    setTree: (next) => {
      set(next);
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        const json = writeFilter(next);
        const text = JSON.stringify(json ?? null);
        if (text === told.current) return;
        told.current = text;
        onChange(json);
      }, PAUSE);
    },
  };
}
