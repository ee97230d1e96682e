export default function Page() {
  return <p>sources</p>;
}
