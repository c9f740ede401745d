// Validates GraphQL schemas as clients do: each file of a folder is an answer to the introspection query.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildClientSchema, validateSchema } from 'graphql';

const folder = process.argv[2] ?? '.';
let failed = 0;
for (const file of readdirSync(folder)) {
  const text = readFileSync(join(folder, file), 'utf8');
  /** @type {readonly unknown[]} */
  let errors;
  try {
    errors = validateSchema(buildClientSchema(JSON.parse(text)));
  } catch (error) {
    errors = [error];
  }
  for (const error of errors) {
    console.error(`${file}: ${error instanceof Error ? error.message : error}`);
    failed += 1;
  }
}
process.exit(failed === 0 ? 0 : 1);
