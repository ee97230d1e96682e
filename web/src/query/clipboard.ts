/** Into the clipboard, also on a plain-HTTP address where browsers offer no clipboard API. */
import { notifications } from "@mantine/notifications";

/** `what` begins the sentence that says so: “The value is copied.” */
export async function copyText(text: string, what: string): Promise<void> {
  const done = (await byApi(text)) || byCommand(text);
  notifications.show(
    done
      ? { message: `${what} copied.`, color: "green" }
      : { message: "The browser refused the clipboard.", color: "red" },
  );
}

async function byApi(text: string): Promise<boolean> {
  if (!window.isSecureContext) return false;
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}

function byCommand(text: string): boolean {
  const fill = (event: ClipboardEvent) => {
    event.preventDefault();
    event.clipboardData?.setData("text/plain", text);
  };
  document.addEventListener("copy", fill, { once: true, capture: true });
  // Deprecated, and all there is without a secure context.
  const done = document.execCommand("copy");
  document.removeEventListener("copy", fill, { capture: true });
  return done;
}
