export default function Page() {
  return <p>dashboards</p>;
}
