// A program as an integrator would write it. No type is asserted: all of them come from the server's description.

import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

declare const process: { env: Record<string, string | undefined> };

const { TESSERA_URL: baseUrl = "", TOKEN: token = "" } = process.env;
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

/** What was answered, which has to be good. */
function answered<T>({ data, error }: { data?: T; error?: Schemas["Problem"] }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} does not hold`);
}

// A field with a default is left out, and what one record answers is one record.
const lead: Schemas["ContactCreateInput"] = { first_name: "Ada", last_name: "Lovelace", email: "ada@example.com" };
const created = answered(await client.POST("/api/v1/contacts", { body: lead }));
const id: string = created.id;
must(created.status === "new", "the default");

const several = answered(await client.POST("/api/v1/contacts/many", { body: [lead, { last_name: "Byron" }] }));
const ids: string[] = several.data.map((contact) => contact.id);
must(ids.length === 2, "a list in, a list out");

const filter: Schemas["ContactFilter"] = { id: { in: [id, ...ids] }, first_name: { eq: "Ada" } };
const query = { filter: JSON.stringify(filter), sort: "-created_at", fields: "id,first_name,company.name", count: "exact" } as const;
const page = answered(await client.GET("/api/v1/contacts", { params: { query } }));
must(page.total === 2 && page.data.every((contact) => contact.first_name === "Ada"), "the filter");
const next: string | null = page.page.next;
must(next === null, "one page");

const path = { id };
const changed = answered(
  await client.PATCH("/api/v1/contacts/{id}", {
    params: { path, header: { "If-Match": '"1"', "Idempotency-Key": crypto.randomUUID() } },
    body: { status: "lead", city: null },
  }),
);
must(changed.status === "lead", "the change");
const stale = await client.PATCH("/api/v1/contacts/{id}", {
  params: { path, header: { "If-Match": '"1"' } },
  body: { city: "Riga" },
});
must(stale.error?.type === "/problems/precondition_failed", "the stale version");
const bad = await client.POST("/api/v1/contacts", { body: { email: "nonsense" } });
const first: string | undefined = bad.error?.errors?.[0]?.pointer;
must(first === "/email", "the place of a bad value");

const upserted = answered(
  await client.POST("/api/v1/contacts/upsert", { params: { query: { on: "id" } }, body: { id, city: "Riga" } }),
);
must(upserted.city === "Riga" && upserted.first_name === "Ada", "the upsert");

const groups = answered(
  await client.POST("/api/v1/contacts/aggregate", {
    body: { group_by: ["status"], aggregates: { n: { count: "*" } }, filter: { id: { in: [id, ...ids] } } },
  }),
);
must(groups.data.length === 2, "the groups");

const objects = answered(await client.GET("/api/v1/metadata/objects"));
const contact = objects.data.find((object) => object.api_name === "contact");
const may: boolean | undefined = contact?.permissions.update;
const operators = contact?.fields[0]?.operators;
must(may === true && Array.isArray(operators) && operators.includes("eq"), "the model");

const removed = await client.DELETE("/api/v1/contacts", {
  params: { query: { filter: JSON.stringify({ id: { in: [id, ...ids] } } satisfies Schemas["ContactFilter"]), max_affected: 3 } },
});
must(answered(removed).affected === 3, "the removal");
