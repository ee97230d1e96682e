/** Who is here decides what is shown: set-up on the first start, log-in, or the page itself. */
export function Entrance() {
  return <p>Rollcall</p>;
}
