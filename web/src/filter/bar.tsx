/** The filter of a list: a button with its conditions beside it, and the builder under it. */

import { lazy, Suspense, useState } from "react";
import type { ObjectType } from "../api/model.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { Ghost } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Popover } from "../ui/popover.tsx";
import { useWords } from "../words/index.ts";
import { AddCondition, begun, Builder } from "./builder.tsx";
import { Described } from "./describe.tsx";
import { countOf, isComplete, type Json, type Node, readFilter, replaced } from "./tree.ts";
import { useTree } from "./use-tree.ts";

const AsJson = lazy(() => import("./as-json.tsx"));

interface Properties {
  object: ObjectType;
  filter: Json | undefined;
  onChange: (filter: Json | undefined) => void;
}

export function FilterBar({ object, filter, onChange }: Properties) {
  const t = useWords();
  const [open, setOpen] = useState(false);
  const [asJson, setAsJson] = useState(false);
  const { tree, setTree } = useTree(filter, onChange);
  useShortcut("filter", () => setOpen(true));
  const count = countOf(tree);
  return (
    <>
      <Popover
        label={t("filter.filter")}
        open={open}
        onOpen={setOpen}
        className="filter-float"
        sheet
        trigger={
          <Ghost ink icon="list-filter">
            {t("filter.filter")} {count > 0 && <span className="faint num">{count}</span>}
          </Ghost>
        }
      >
        <Suspense>
          {asJson ? (
            <AsJson key={JSON.stringify(filter ?? null)} object={object} filter={filter} onChange={(json) => setTree(readFilter(json))} />
          ) : (
            <Builder object={object} tree={tree} onChange={setTree} />
          )}
          <div className="foot">
            <Ghost icon={asJson ? "list-filter" : "code"} onClick={() => setAsJson(!asJson)}>
              {t(asJson ? "filter.asRows" : "filter.asJson")}
            </Ghost>
            <span className="grow" />
            {count > 0 && (
              <Ghost
                onClick={() => {
                  setTree({ kind: "group", join: "and", items: [] });
                  setOpen(false);
                }}
              >
                {t("filter.clear")}
              </Ghost>
            )}
          </div>
        </Suspense>
      </Popover>
      <div className="conditions off-phone">
        {tree.items.map((item, at) => !isSaid(item) ? null : (
          <span key={at} className="joined">
            {tree.items.slice(0, at).some(isSaid) && <span className="word">{t(tree.join === "and" ? "filter.and" : "filter.or")}</span>}
            <span className="condition">
              <button type="button" className="say-condition" onClick={() => setOpen(true)}>
                <Described node={item} object={object} />
              </button>
              <button type="button" aria-label={t("filter.removeCondition")} onClick={() => setTree(replaced(tree, [at], undefined))}>
                <Icon name="x" size={14} />
              </button>
            </span>
          </span>
        ))}
        {count > 0 && (
          <Suspense>
            <AddCondition
              short
              object={object}
              onAdd={(subject) => {
                setTree({ ...tree, items: [...tree.items, begun(subject)] });
                setOpen(true);
              }}
            />
          </Suspense>
        )}
      </div>
    </>
  );
}

/** What is begun and not complete is only in the builder. */
const isSaid = (node: Node): boolean => (node.kind === "condition" ? isComplete(node) : node.kind === "group" ? node.items.some(isSaid) : true);
