export default function Page() {
  return <p>table</p>;
}
