/** What `--help` says below the flags: how one uses it, and what a script may rely on. */
import { EXIT_MEANINGS } from "./exit.ts";

const CREDENTIALS = `
Credentials (from the environment only, never from the command line):
  OKTA_CLIENT_TOKEN               an API token (also read as OKTA_API_TOKEN), or
  OKTA_CLIENT_CLIENTID            a service app's client id, with its private key:
  OKTA_CLIENT_PRIVATEKEY            the key itself, as JWK or PEM, or
  OKTA_CLIENT_PRIVATEKEY_FILE       the path of a file that holds it
`;

const OTHER_VARIABLES = `
Other environment variables:
  OKTA_CLIENT_ORGURL              the org, where the command line names none
  NO_COLOR                        set it to anything for output without colour
`;

const EXITS = `
Exit codes:
${EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)} ${meaning}`).join("\n")}
`;

const ORGS = `
An org is named as you would paste it; what was understood is said before anything is sent to it:
  acme.okta.com     https://acme-admin.okta.com/admin/dashboard     id.acme.com     127.0.0.1:8080 (simulated)
`;

const KEY = `
Environment variable:
  ROLLCALL_API_KEY                an API key of the server (Settings → API keys); sent over https, or to this machine, only
`;

const SERVER = `${KEY}
Exit codes: 0 done · 1 unexpected · 2 wrong use, the server refuses or cannot be reached · 130 cancelled
`;

export const HELP = {
  rollcall: `
Examples:
  $ rollcall serve --demo                             the web page, with a simulated org to try it on
  $ rollcall demo                                     see it work, without an account
  $ export OKTA_CLIENT_TOKEN=…                        an API token of a read-only administrator
  $ rollcall check acme.okta.com                      what can it read?
  $ rollcall sync acme.okta.com                       copy it; the same command keeps it current
  $ rollcall query "select status, count(*) from okta.users group by all"
${CREDENTIALS}${OTHER_VARIABLES}${EXITS}`,
  serve: `
On the first start it prints a link that lets the first person in, once. Only this machine reaches it, unless --host says
otherwise; then log-in must have been set up before.

Examples:
  $ rollcall serve --demo
  $ rollcall serve --data-dir /var/lib/rollcall --port 8080

Environment variables:
  ROLLCALL_SECRET_KEY             seals the stored credentials: 32 bytes in base64 or hex; else secret.key in the data directory

It ends within ten seconds of Ctrl-C or SIGTERM: runs stop at a batch boundary and go on at the next start.

Exit codes: 0 stopped · 1 unexpected · 2 the address, the data directory or the key cannot be used
`,
  sources: `
Examples:
  $ rollcall sources
  $ rollcall sources show acme
  $ rollcall sources sync acme --tables users,groups --server https://rollcall.acme.com
  $ rollcall sources list --json | jq '.sources[].status'
${SERVER}`,
  runs: `
Examples:
  $ rollcall runs
  $ rollcall runs log run_01…
  $ rollcall runs cancel run_01… --server https://rollcall.acme.com
${SERVER}`,
  backup: `
Keep the key apart: secret.key, or what ROLLCALL_SECRET_KEY holds. Without it the copy's credentials cannot be opened.

Examples:
  $ rollcall backup /backups/$(date +%F) --data-dir /var/lib/rollcall                                while no server runs
  $ rollcall backup /backups/$(date +%F) --data-dir /var/lib/rollcall --server http://127.0.0.1:8080  while one does

Exit codes: 0 done · 1 unexpected · 2 the place or the data directory cannot be used, or the server refuses
`,
  reseal: `
Environment variables:
  ROLLCALL_SECRET_KEY             the present key, where it is not in secret.key
  ROLLCALL_NEW_SECRET_KEY         the new one: 32 bytes in base64 or hex; else a new secret.key is made

Examples:
  $ rollcall reseal --data-dir /var/lib/rollcall
  $ ROLLCALL_NEW_SECRET_KEY=$(cat new.key) rollcall reseal --data-dir /var/lib/rollcall

Exit codes: 0 done · 1 unexpected · 2 the data directory is in use, or a key is wrong; nothing was changed
`,
  check: `${ORGS}
Examples:
  $ rollcall check acme.okta.com
  $ rollcall check acme.okta.com --tables users,logs --json
${CREDENTIALS}
Exit codes:
  0  every table asked for is readable
  2  wrong use or configuration
  3  Okta refused the credential
  4  a table asked for is not readable, or the org does not answer
`,
  sync: `${ORGS}
Modes (TABLE=MODE; \`rollcall tables\` shows what is in force):
  incremental     changed rows only, and a complete reading every --complete-every; the default of most tables
  append          rows are only added: the log. \`logs=incremental\` means this
  full_refresh    read everything, then switch at once

Examples:
  $ rollcall sync acme.okta.com
  $ rollcall sync acme.okta.com --tables users,groups --mode users=full_refresh
  $ rollcall sync acme.okta.com --logs-since 2026-01-01 --share 50
  $ rollcall sync acme.okta.com --json | tail -1        the run as one JSON object

Ctrl-C ends the run at the next batch boundary: what was read is kept, and the same command resumes. A second Ctrl-C ends at
once, and loses nothing that was committed.
${CREDENTIALS}${EXITS}`,
  query: `
Formats: table for people; json is one array of objects; ndjson is one object per line; csv is RFC 4180, with a header.
In JSON, timestamps are ISO 8601 with milliseconds and Z, and integers beyond 2^53 are strings.

Examples:
  $ rollcall query "select count(*) from okta.users where status = 'ACTIVE'"
  $ rollcall query "select * from okta.logs order by published desc" --max-rows 100 --format ndjson
  $ rollcall query "from okta.groups" --format csv > groups.csv
  $ rollcall query "from okta.groups" --server https://rollcall.acme.com
${KEY}
Exit codes: 0 done · 1 unexpected · 2 the statement was refused, or there is no such warehouse (none is created) · 130 cancelled
`,
  tables: `
Examples:
  $ rollcall tables
  $ rollcall tables --warehouse duckdb:/var/lib/rollcall/acme.duckdb --json

Exit codes: 0 done · 1 unexpected · 2 there is no such warehouse (none is created)
`,
  snapshot: `
Examples:
  $ rollcall snapshot ./copy.duckdb
  $ rollcall snapshot /srv/bi/acme.duckdb --server http://127.0.0.1:8080        while the server runs; needs an admin's key
${KEY}
Exit codes: 0 done · 1 unexpected · 2 the file cannot be written, there is no such warehouse, or the server refuses · 130 cancelled
`,
  export: `
Examples:
  $ rollcall export ./parquet --tables okta.users,okta.logs
  $ rollcall export ./parquet --server https://rollcall.acme.com
${KEY}
Exit codes: 0 done · 1 unexpected · 2 a table is unknown, the folder cannot be written, or the server refuses · 130 cancelled
`,
  demo: `
Exit codes: 0 all as it should be · 1 a count was not what the changes say (please report it) · 130 cancelled
`,
  fakeOkta: `
Examples:
  $ rollcall fake-okta --port 8080                                in one terminal; it says which credential to use
  $ OKTA_CLIENT_TOKEN=… rollcall sync 127.0.0.1:8080              in another
`,
} as const;
