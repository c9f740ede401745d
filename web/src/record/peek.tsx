/** A record beside its list. */

import type { ObjectType } from "../api/model.ts";

interface Properties {
  object: ObjectType;
  id: string;
  onClose: () => void;
  onStep: (by: 1 | -1) => void;
}

export default function Peek(_: Properties) {
  return <aside className="peek" />;
}
