// Lets tests import the page's own modules: `node --import ./test/typescript.mjs`.

import { register } from "node:module";

register("./typescript-loader.mjs", import.meta.url);
