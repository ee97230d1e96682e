export default function Page() {
  return <p>source</p>;
}
