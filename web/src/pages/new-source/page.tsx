export default function Page() {
  return <p>new-source</p>;
}
