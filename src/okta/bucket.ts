/**
 * Which rate-limit bucket a path counts in, by the recorded sharing (fact sheet 4.1): an exact path first, then the longest prefix.
 * Paths that no row names get a bucket of their first segment: recorded limits differ there (brands 100, log streams 300, mappings
 * 500), and if Okta counts some together, `remaining` tells.
 */

/** `{id}` stands for one segment, a `*` at the end for one or more. Exact rows come first, then the longest. */
const BUCKETS: readonly (readonly [pattern: string, bucket: string])[] = [
  ["/oauth2/v1/token", "/oauth2/v1/token"],
  ["/oauth2/v1/clients", "/oauth2/v1/clients"],
  ["/oauth2/v1/clients/*", "/oauth2/v1/clients"],
  ["/api/v1/logs", "/api/v1/logs"],
  ["/api/v1/groups", "/api/v1/groups"],
  ["/api/v1/groups/rules", "/api/v1/groups"],
  ["/api/v1/groups/{id}", "/api/v1/groups/{id}"],
  ["/api/v1/groups/*", "/api/v1/groups"],
  ["/api/v1/users", "/api/v1/users"],
  ["/api/v1/users/{id}", "/api/v1/users/{id}"],
  ["/api/v1/users/*", "/api/v1/users"],
  ["/api/v1/apps", "/api/v1/apps"],
  ["/api/v1/apps/{id}", "/api/v1/apps/{id}"],
  ["/api/v1/apps/*", "/api/v1/apps"],
  ["/api/v1/certificateAuthorities", "/api/v1/devices"],
];

const ROWS = BUCKETS.map(([pattern, bucket]) => ({ bucket, matches: matcher(pattern) }));

/** The bucket that a GET of `path` (no query) counts in, named by the path that lists it. */
export function bucketOf(path: string): string {
  for (const row of ROWS) if (row.matches.test(path)) return row.bucket;
  const [, first, second, third] = path.split("/");
  return `/${[first, second, third].filter(Boolean).join("/")}`;
}

function matcher(pattern: string): RegExp {
  const body = pattern.replace(/[.]/g, "\\.").replace("{id}", "[^/]+").replace(/\*$/, ".+");
  return new RegExp(`^${body}$`);
}
