// A program as an integrator would write it. No type is asserted: all of them come from the server's schema.

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import * as api from "./api.js";

declare const process: { env: Record<string, string | undefined> };

const { TESSERA_URL: url = "", TOKEN: token = "" } = process.env;

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; extensions: { code: string } }[];
}

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Answer<Data>> {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return answer.json();
}

/** What was answered, which has to be good. */
async function answered<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const { data, errors } = await ask(document, variables);
  if (data === undefined || errors) throw new Error(JSON.stringify(errors));
  return data;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} does not hold`);
}

const lead: api.ContactCreateInput = { firstName: "Grace", lastName: "Hopper", email: "grace@example.com", leadScore: 7 };
const { createContact: made } = await answered(api.AddDocument, { data: lead });
const id: string = made.id;
must(made.leadScore === 7 && made.version === 1 && made.company === null, "the record as it was made");

const variables: api.PeopleQueryVariables = {
  filter: { id: { eq: id }, or: [{ leadScore: { gte: 7 } }, { company: { name: { ilike: "a%" } } }] },
  orderBy: [{ lastName: "ASC" }, { createdAt: "DESC_NULLS_FIRST" }],
  first: 5,
};
const { contacts } = await answered(api.PeopleDocument, variables);
const names: (string | null | undefined)[] = contacts.nodes.map((contact) => contact.lastName);
must(contacts.totalCount === 1 && names[0] === "Hopper" && !contacts.pageInfo.hasNextPage, "the list");

const changes = { id, data: { leadScore: 8, firstName: null }, version: made.version };
const { updateContact: changed } = await answered(api.ChangeDocument, changes);
must(changed.leadScore === 8 && changed.firstName === null && changed.version === 2, "the change");
const stale = await ask(api.ChangeDocument, changes);
must(stale.errors?.[0]?.extensions.code === "stale_version", "the stale version");

// As Relay fetches a record again.
const { node } = await answered(api.PersonAgainDocument, { nodeId: made.nodeId });
must(node?.__typename === "Contact" && node.id === id && node.leadScore === 8, "the node");

const { opportunitiesGroupBy: groups } = await answered(api.WorthDocument, {});
const worth: string[] = groups.flatMap((group) => (group.sum?.amount ?? []).map((sum) => `${sum.currencyCode} ${sum.amount}`));
must(groups.length > 1 && worth.length > 0, "the groups");
