// The tenant that the table's speed is measured with: 300,000 contacts with FULL=1, else a tenth of them.

export const TENANT = "large";
export const FULL = process.env["FULL"] === "1";
export const CONTACTS = FULL ? 300_000 : 30_000;

/** What `tessera seed` makes of it. */
export const LARGE = ["--tenant", TENANT, "--companies", "2000", "--contacts", String(CONTACTS)];
