/** A list with a record beside it. */

import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { ListPage } from "../list/page.tsx";

const Peek = lazy(() => import("../record/peek.tsx"));

export default function ListPlace() {
  const navigate = useNavigate();
  return (
    <ListPage
      peek={(properties) => (
        <Suspense fallback={<aside className="peek" />}>
          <Peek {...properties} />
        </Suspense>
      )}
      onOpen={(object, id) => void navigate({ to: "/o/$plural/$id", params: { plural: object.plural_api_name, id } })}
    />
  );
}
