/** What a role may do: objects by module, one column an action. Arrows move, Space gives and takes. */

import { type KeyboardEvent, useRef, useState } from "react";
import { type ObjectType, pluralOf } from "../api/model.ts";
import { type Action, ACTIONS, type Role } from "../api/role.ts";
import type { Group } from "../app/groups.ts";
import { useFieldContext } from "../fields/index.ts";
import { Icon } from "../ui/icon.tsx";
import { useNarrow } from "../ui/narrow.ts";
import { useWords } from "../words/index.ts";
import { cellKey, EVERYTHING_NEW, grantOf, isNamed, type Level, levelOf, levelOfAll } from "./grants.ts";

/** A row of the matrix: a module with its objects, one of them, or everything new. */
export type Line = { key: string; name: string; objects: ObjectType[]; isGroup: boolean };

export interface Spot {
  line: Line;
  action: Action;
}

export const lineOf = (object: ObjectType, name: string): Line => ({ key: object.api_name, name, objects: [object], isGroup: false });
export const namesOf = (line: Line): string[] => (line.key === EVERYTHING_NEW ? [EVERYTHING_NEW] : line.objects.map(({ api_name }) => api_name));

export function Glyph({ level }: { level: Level }) {
  return (
    <svg className="glyph-of-grant" viewBox="0 0 14 14" aria-hidden>
      {level === "all" && <circle className="full" cx="7" cy="7" r="6.4" />}
      {level === "some" && <path className="full" d="M7 1.2a5.8 5.8 0 0 1 0 11.6z" />}
      {level !== "all" && <circle className={level === "some" ? "ring on" : "ring"} cx="7" cy="7" r="5.8" />}
    </svg>
  );
}

interface Properties {
  role: Role;
  groups: Group[];
  /** Cells that are not saved. */
  changed: Set<string>;
  spot: Spot | undefined;
  onSpot: (spot: Spot) => void;
  onToggle: (spot: Spot) => void;
  isFixed: boolean;
}

export function Matrix({ role, groups, changed, spot, onSpot, onToggle, isFixed }: Properties) {
  const t = useWords();
  const { language } = useFieldContext();
  const grid = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  /** The cell that Tab leads to. */
  const [at, setAt] = useState<{ key: string; action: Action }>();
  const lines: Line[] = [
    ...groups.flatMap((group): Line[] => {
      const key = `group/${group.key}`;
      const head = { key, name: group.title ?? t("shell.other"), objects: group.objects, isGroup: true };
      return [head, ...(closed.has(key) ? [] : group.objects.map((object) => lineOf(object, pluralOf(object, language))))];
    }),
    { key: EVERYTHING_NEW, name: t("admin.everythingNew"), objects: [], isGroup: false },
  ];
  const current = at && lines.some(({ key }) => key === at.key) ? at : { key: lines[0]?.key, action: ACTIONS[0] };
  const levelAt = (line: Line, action: Action) => levelOfAll(namesOf(line).map((name) => levelOf(grantOf(role, name, action))));
  const toggle = (key: string) => {
    const next = new Set(closed);
    if (!next.delete(key)) next.add(key);
    setClosed(next);
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = lines.findIndex(({ key }) => key === current.key);
    const col = ACTIONS.indexOf(current.action);
    const line = lines[row];
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - 1, col],
      ArrowDown: [row + 1, col],
      ArrowLeft: [row, col - 1],
      ArrowRight: [row, col + 1],
      Home: [row, 0],
      End: [row, ACTIONS.length - 1],
      PageUp: [0, col],
      PageDown: [lines.length - 1, col],
    };
    const move = moves[event.key];
    if (!move || !line) return;
    event.preventDefault();
    // At the edge the arrows close and open a module.
    if (line.isGroup && ((event.key === "ArrowLeft" && col === 0 && !closed.has(line.key)) || (event.key === "ArrowRight" && closed.has(line.key)))) return toggle(line.key);
    const next = lines[Math.max(0, Math.min(lines.length - 1, move[0]))];
    const action = ACTIONS[Math.max(0, Math.min(ACTIONS.length - 1, move[1]))];
    if (!next || !action) return;
    setAt({ key: next.key, action });
    grid.current?.querySelector<HTMLElement>(`[data-cell="${cellKey(next.key, action)}"]`)?.focus();
  };

  return (
    <div className="matrix" role="grid" aria-label={t("admin.mayOf", { name: role.name })} aria-readonly={isFixed} ref={grid} onKeyDown={onKey}>
      <div className="matrix-row is-head" role="row">
        <div role="columnheader">{t("admin.object")}</div>
        {ACTIONS.map((action) => (
          <div key={action} role="columnheader">
            {t(`admin.actions.${action}`)}
          </div>
        ))}
      </div>
      {lines.map((line) => {
        const isChild = !line.isGroup && line.key !== EVERYTHING_NEW;
        return (
          <div key={line.key} role="row" className={`matrix-row ${isChild ? "is-child" : ""} ${spot?.line.key === line.key ? "on" : ""}`}>
            <div role="rowheader">
              {line.isGroup ? (
                <button type="button" className="module" tabIndex={-1} aria-expanded={!closed.has(line.key)} onClick={() => toggle(line.key)}>
                  <Icon name={closed.has(line.key) ? "chevron-right" : "chevron-down"} />
                  <span className="cut">{line.name}</span>
                </button>
              ) : (
                <span className="cut">{line.name}</span>
              )}
            </div>
            {ACTIONS.map((action) => {
              const level = levelAt(line, action);
              const isCurrent = current.key === line.key && current.action === action;
              const isChosen = spot?.line.key === line.key && spot.action === action;
              const isChanged = namesOf(line).some((name) => changed.has(cellKey(name, action)));
              const follows = isChild && !isNamed(role, line.key);
              return (
                <div key={action} role="gridcell">
                  <button
                    type="button"
                    className={`grant ${isChanged ? "is-changed" : ""} ${follows ? "is-like-new" : ""} ${isChosen ? "on" : ""}`}
                    data-cell={cellKey(line.key, action)}
                    tabIndex={isCurrent ? 0 : -1}
                    aria-label={`${line.name}, ${t(`admin.actions.${action}`)}: ${t(`admin.levels.${level}`)}${isChanged ? `, ${t("model.changed")}` : ""}`}
                    onFocus={() => {
                      setAt({ key: line.key, action });
                      // On a phone it opens a sheet, so it has to be tapped.
                      if (!narrow) onSpot({ line, action });
                    }}
                    onKeyDown={(event) => {
                      if (event.key !== " " || isFixed) return;
                      event.preventDefault();
                      onToggle({ line, action });
                    }}
                    onClick={() => onSpot({ line, action })}
                    onDoubleClick={() => !isFixed && onToggle({ line, action })}
                  >
                    <Glyph level={level} />
                    <span className="on-phone caption muted" aria-hidden>
                      {t(`admin.actions.${action}`)}
                    </span>
                  </button>
                </div>
              );
            })}
          </div>
        );
      })}
    </div>
  );
}
