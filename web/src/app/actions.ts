/** What the palette offers of the place that is shown: a component offers its actions for as long as it is there. */

import { useEffect, useRef } from "react";

export interface Action {
  id: string;
  icon: string;
  label: string;
  /** Of which thing it is, where it is one of several. */
  what?: string;
  act: () => void;
}

const offers = new Set<() => Action[]>();

/** Offers these actions while the component is shown; false stands for one that cannot be done now. */
export function useActions(actions: (Action | false)[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const offer = () => latest.current.filter((action) => action !== false);
    offers.add(offer);
    return () => void offers.delete(offer);
  }, []);
}

/** The actions that are offered, the latest offer first. */
export const actionsHere = (): Action[] => [...offers].reverse().flatMap((offer) => offer());
