export default function Page() {
  return <p>sql</p>;
}
