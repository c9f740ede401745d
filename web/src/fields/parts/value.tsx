/** A value that stands by itself: a text is cut where it has no room. In a cell of the table the cell does that. */

import type { ReactNode } from "react";
import type { DisplayProps } from "../field.ts";
import { widgetOf } from "../index.ts";

export function Value(properties: DisplayProps<unknown>): ReactNode {
  const shown = widgetOf(properties.context.model, properties.field).Display(properties);
  return typeof shown === "string" ? <span className="cut">{shown}</span> : shown;
}
