/** Objects as places offer them: by module, those of the tenant's own last. */

import type { Language, Model, Module, ObjectType } from "../api/model.ts";

export interface Group {
  /** The module's name; empty for the tenant's own objects, an id for a group that was added. */
  key: string;
  title: string | undefined;
  objects: ObjectType[];
  /** The group was added, and can be renamed and removed. */
  isAdded?: boolean;
}

const titleOf = (module: Module, language: Language) => module.translations[language]?.["title"] ?? module.title;

export const groupKey = (object: ObjectType): string => object.module ?? "";

export function groupsOf(model: Model, language: Language): Group[] {
  const shown = model.objects.filter((object) => !object.hidden && object.permissions.read);
  const names = [...new Set(shown.map((object) => object.module))];
  const order = new Map(model.modules.map((module, index) => [module.name, index]));
  names.sort((a, b) => (a === null ? 1 : b === null ? -1 : (order.get(a) ?? 99) - (order.get(b) ?? 99)));
  return names.map((name) => {
    const module = model.modules.find((each) => each.name === name);
    return {
      key: name ?? "",
      title: module ? titleOf(module, language) : (name ?? undefined),
      objects: shown.filter((object) => object.module === name),
    };
  });
}
