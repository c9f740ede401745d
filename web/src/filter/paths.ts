/** What can be filtered by: every field, the parts of values, and the fields of what relations lead to. */

import { type Column, type Field, fieldsOf, type Language, type Model, nameOf, type ObjectType } from "../api/model.ts";

export interface Subject {
  /** The keys that a filter takes. */
  path: string[];
  label: string;
  /** The object it belongs to. */
  group: string;
  operators: string[];
  /** The field that is compared; absent where records of a relation are asked about. */
  field?: Field;
  /** The part of its value. */
  part?: Column;
  /** The records whose fields an inner filter names. */
  many?: ObjectType;
}

const DEEP = 2;

export function subjectsOf(model: Model, object: ObjectType, language: Language, depth = DEEP): Subject[] {
  return reach(model, object, language, depth, [], []);
}

function reach(model: Model, object: ObjectType, language: Language, depth: number, path: string[], names: string[]): Subject[] {
  const group = names.join(" · ");
  const found: Subject[] = [];
  const further: Subject[] = [];
  for (const field of fieldsOf(object)) {
    if (!field.permissions.read) continue;
    const name = nameOf(field, language);
    const member = { kind: "field", field } as const;
    const target = model.target(member);
    if (model.isToMany(member)) {
      if (target) found.push({ path: [...path, field.api_name], label: name, group, operators: ["some", "every", "none"], many: target });
      continue;
    }
    if (Array.isArray(field.operators)) {
      found.push({ path: [...path, field.value_key], label: name, group, operators: field.operators, field });
    } else {
      for (const part of model.type(field)?.storage?.columns ?? []) {
        const component = part.component ?? "";
        const operators = field.operators[component] ?? [];
        found.push({ path: [...path, field.api_name, component], label: `${name} · ${part.title?.[language] ?? component}`, group, operators, field, part });
      }
    }
    if (target && depth > 0) further.push(...reach(model, target, language, depth - 1, [...path, field.api_name], [...names, name]));
  }
  for (const inverse of object.inverses) {
    const many = model.byName.get(inverse.object);
    if (many) found.push({ path: [...path, inverse.api_name], label: nameOf(inverse, language), group, operators: inverse.operators, many });
  }
  return [...found, ...further];
}

export const keyOf = (path: string[]): string => path.join(".");

/** The subject of a path, however deep it goes. */
export function subjectAt(model: Model, object: ObjectType, path: string[], language: Language): Subject | undefined {
  let at: ObjectType | undefined = object;
  const names: string[] = [];
  for (const [index, key] of path.entries()) {
    if (!at) return undefined;
    const rest = keyOf(path.slice(index));
    const here = reach(model, at, language, 0, [], []).find((subject) => keyOf(subject.path) === rest);
    if (here) return { ...here, path, label: [...names, here.label].join(" · ") };
    const member = model.member(at, key);
    if (!member) return undefined;
    names.push(nameOf(member.kind === "field" ? member.field : member.inverse, language));
    at = model.target(member);
  }
  return undefined;
}
