export default function Page() {
  return <p>reference</p>;
}
