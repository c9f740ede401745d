// Apollo Client with its cache as it comes: records are one entity each wherever they stand, and groups are none.

import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client/core/index.js";
import { buildSchema, isObjectType } from "graphql";
import assert from "node:assert/strict";
import { test } from "node:test";

import { graphqlSchema, signIn, url } from "../tenant.mjs";

const token = await signIn();
const link = new HttpLink({ uri: `${url}/graphql`, headers: { authorization: `Bearer ${token}` } });

const client = () => new ApolloClient({ link, cache: new InMemoryCache() });

/** @param {ApolloClient} apollo @param {string} query @param {Record<string, unknown>} [variables] */
async function ask(apollo, query, variables = {}) {
  const { data } = await apollo.query({ query: gql(query), variables, fetchPolicy: "network-only" });
  return data;
}

test("a record that is changed is changed wherever it is shown", async () => {
  const apollo = client();
  const list = "query { contacts(first: 3) { nodes { id nodeId lastName company { id name } } } }";
  const { contacts } = await ask(apollo, list);
  const { id, nodeId } = contacts.nodes[0];
  const change = gql("mutation($id: UUID!) { updateContact(id: $id, data: {lastName: \"Changed\"}) { id lastName } }");
  await apollo.mutate({ mutation: change, variables: { id } });
  const cached = apollo.readQuery({ query: gql(list) });
  assert.equal(cached?.contacts.nodes[0].lastName, "Changed");
  const again = await ask(apollo, "query($id: ID!) { node(nodeId: $id) { nodeId ... on Contact { id lastName } } }", { id: nodeId });
  assert.equal(again.node.lastName, "Changed");
});

test("groups keep their own values in the cache", async () => {
  const apollo = client();
  const leaves = "{ stage name }";
  const query = `query {
    opportunitiesGroupBy(groupBy: [{stage: true}]) {
      keys { stage } count countDistinct ${leaves} emptyShare ${leaves} min { name closeDate } sum { amount { currencyCode amount } }
    }
    opportunities { aggregate { count countDistinct ${leaves} emptyShare ${leaves} sum { amount { currencyCode amount } } } }
  }`;
  const fetched = await apollo.query({ query: gql(query), fetchPolicy: "no-cache" });
  const cached = await ask(apollo, query);
  assert.ok(cached.opportunitiesGroupBy.length > 2);
  const plain = (value) => JSON.parse(JSON.stringify(value, (key, inner) => (key === "__typename" ? undefined : inner)));
  assert.deepEqual(plain(cached), plain(fetched.data));
});

test("a list goes on from its cursor", async () => {
  const apollo = client();
  const query = "query($after: String) { contacts(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }";
  const first = await ask(apollo, query);
  const second = await ask(apollo, query, { after: first.contacts.pageInfo.endCursor });
  const ids = [...first.contacts.nodes, ...second.contacts.nodes].map((node) => node.id);
  assert.equal(new Set(ids).size, 4);
});

test("only records have a field that Apollo takes for an entity's id", async () => {
  const schema = buildSchema(await graphqlSchema(token));
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const entities = types.filter((type) => ["id", "_id"].some((name) => name in type.getFields()));
  const others = entities.filter((type) => !type.getInterfaces().some(({ name }) => name === "Node"));
  // A hit is as good as the record it names: of a record found twice, the later rank is shown.
  assert.deepEqual(others.map(({ name }) => name), ["SearchHit"]);
});
