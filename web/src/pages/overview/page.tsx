export default function Page() {
  return <p>overview</p>;
}
