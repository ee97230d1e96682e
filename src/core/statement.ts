/** A statement of SQL as a text. Pure. */

/** Without the semicolons and blanks behind it. Looked at from its end: an expression would begin anew at every blank in it. */
export function unended(sql: string): string {
  let end = sql.length;
  while (end > 0 && /[\s;]/.test(sql.charAt(end - 1))) end -= 1;
  return sql.slice(0, end);
}
