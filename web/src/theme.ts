import { createTheme, Input, Menu, Notification, type CSSVariablesResolver } from "@mantine/core";

/** System fonts: the page works offline and asks nobody for anything. */
export const theme = createTheme({
  components: {
    // The cross has no word of its own.
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      styles: { description: { color: "var(--mantine-color-dimmed)" } },
    }),
    // Without a focusable placeholder, which is no menu item, among the menu items.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // What a field means stands under it, so that fields side by side begin at one height.
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ["label", "input", "error", "description"] },
    }),
  },
  primaryColor: "blue",
  // The lightest blue on which white, and which on white, can be read by everyone (4.5:1).
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
});

/** Words in a colour, on the body and on that colour's tint: 4.5:1 at least, which the library's own shades miss. */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "#6b737b",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    "--mantine-color-blue-light-color": "#14559a",
    "--mantine-color-green-light-color": "#1a6b2d",
    "--mantine-color-red-light-color": "#a61e1e",
    "--mantine-color-orange-light-color": "#943207",
    "--mantine-color-yellow-light-color": "#7a4a00",
    "--mantine-color-gray-light-color": "var(--mantine-color-gray-7)",
    "--mantine-color-grape-light-color": "var(--mantine-color-grape-9)",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "#9a9a9a",
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});
