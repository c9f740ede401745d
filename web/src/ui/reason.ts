/** Why something was refused, in words: the first fault, with the name of the field that it is about. */

import { nameOf, type ObjectType } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { currentLanguage, words } from "../words/index.ts";

export function reasonOf(error: unknown, object?: ObjectType): string {
  if (!(error instanceof Problem)) return String(error);
  if (error.isOffline) return words("states.unreachable");
  const [fault] = error.faults;
  const key = fault?.pointer.split("/").find((part) => part !== "" && !/^\d+$/.test(part));
  const field = object?.fields.find((each) => each.value_key === key);
  if (!fault || !field) return fault?.message ?? error.message;
  return words("list.refused", { field: nameOf(field, currentLanguage()), reason: fault.message });
}
