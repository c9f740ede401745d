/** What can be done where one is: places offer acts for as long as they are shown, and the palette lists them first. */

import { useEffect, useRef } from "react";

export interface Act {
  id: string;
  icon: string;
  label: string;
  act: () => void;
}

const offers = new Set<() => Act[]>();

/** Offers these acts while the component is shown; false stands for one that cannot be done now. */
export function useActs(acts: (Act | false)[]): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const offer = () => latest.current.filter((act) => act !== false);
    offers.add(offer);
    return () => void offers.delete(offer);
  }, []);
}

/** The acts of all that is shown; those that came last first. */
export const actsHere = (): Act[] => [...offers].reverse().flatMap((offer) => offer());
