/** A list's state: the saved view, the draft of changes to it, and the search, all in the address. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ObjectType } from "../api/model.ts";
import { useModel } from "../api/model.ts";
import { draftOf, effective, standardView, type ViewDefinition } from "./view.ts";
import { type SavedView, useViews } from "./views.ts";

export interface ListState {
  views: SavedView[];
  /** The saved view that is open; none is the object's standard one. */
  view: SavedView | undefined;
  definition: ViewDefinition;
  isDraft: boolean;
  q: string;
  peek: string | undefined;
  /** The list was opened to make a record. */
  isMaking: boolean;
  began: () => void;
  change: (patch: Partial<ViewDefinition>) => void;
  reset: () => void;
  search: (q: string) => void;
  open: (view: string | undefined) => void;
  look: (id: string | undefined) => void;
}

const FROM = "/o/$plural";

export function useListState(object: ObjectType): ListState {
  const model = useModel();
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const views = useViews(object);
  const view = views.find((each) => each.id === search.view);
  const saved = useMemo(() => view?.definition ?? standardView(model, object), [view, model, object]);
  const draft = typeof search.draft === "object" && search.draft !== null ? (search.draft as Partial<ViewDefinition>) : undefined;
  const definition = useMemo(() => effective(saved, draft), [saved, JSON.stringify(draft)]);

  return {
    views,
    view,
    definition,
    isDraft: draft !== undefined,
    q: search.q ?? "",
    peek: search.peek,
    isMaking: search.new === true,
    began: () => void navigate({ replace: true, search: ({ new: _, ...rest }) => rest }),
    change: (patch) => {
      const next = draftOf(saved, { ...definition, ...patch });
      void navigate({ replace: true, search: ({ draft: _, ...rest }) => (next ? { ...rest, draft: next } : rest) });
    },
    reset: () => void navigate({ search: ({ draft: _, ...rest }) => rest }),
    search: (q) => void navigate({ replace: true, search: ({ q: _, ...rest }) => (q === "" ? rest : { ...rest, q }) }),
    open: (id) => void navigate({ search: () => (id === undefined ? {} : { view: id }) }),
    look: (id) => void navigate({ replace: true, search: ({ peek: _, ...rest }) => (id === undefined ? rest : { ...rest, peek: id }) }),
  };
}
