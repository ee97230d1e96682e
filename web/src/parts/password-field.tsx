/** A password to be typed: one that is asked for, or a new one with its bounds. */
import { PasswordInput, type PasswordInputProps } from "@mantine/core";

interface Props extends Pick<
  PasswordInputProps,
  "label" | "description" | "required" | "error" | "autoFocus" | "name"
> {
  /** Tells password managers whether to offer one or to make one. */
  readonly purpose: "present" | "new";
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function PasswordField({ purpose, onChange, ...rest }: Props) {
  const isNew = purpose === "new";
  return (
    <PasswordInput
      {...rest}
      {...(isNew ? { minLength: 12, maxLength: 256 } : {})}
      autoComplete={isNew ? "new-password" : "current-password"}
      data-autofocus={rest.autoFocus || undefined}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
    />
  );
}
