export default function NotificationsTab() {
  return <p>notifications</p>;
}
