/** + New source: choose what, say how to reach it, choose the tables, watch them arrive. */
import { Anchor, Box, Stack, Stepper, Text, Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { useNarrow } from "../../parts/narrow.ts";
import { Catalogue } from "./catalogue.tsx";
import { Credentials } from "./credentials.tsx";
import { Progress } from "./progress.tsx";
import { Schemas } from "./schemas.tsx";
import { begin, STEPS, useWizard, type Step } from "./wizard.ts";

const TITLES: Readonly<Record<Step, string>> = {
  catalogue: "New source",
  credentials: "How to reach it",
  schemas: "Choose the schemas",
  progress: "Import",
};
const LABELS = ["Source", "Credentials", "Schemas", "Import"] as const;

export default function NewSourcePage() {
  const flow = useWizard();
  const { step, wizard, change, go } = flow;
  const heading = useStepFocus(step);
  return (
    <Stack gap="md" maw={1400} mx="auto">
      <Anchor component={Link} href="/sources" size="sm">
        Sources
      </Anchor>
      <Title order={1} size="h2" ref={heading} tabIndex={-1}>
        {step === "credentials" && wizard.type !== null ? `Link ${wizard.type.label}` : TITLES[step]}
      </Title>
      <Steps step={step} />
      {step === "catalogue" ? (
        <Catalogue
          onLink={(type) => {
            change(wizard.type?.id === type.id ? {} : begin(type));
            go("credentials");
          }}
        />
      ) : null}
      {step === "credentials" && wizard.type !== null ? (
        <Credentials type={wizard.type} wizard={wizard} change={change} go={go} />
      ) : null}
      {step === "schemas" && wizard.preflight !== null ? (
        <Schemas preflight={wizard.preflight} wizard={wizard} change={change} go={go} onLinked={flow.arrive} />
      ) : null}
      {step === "progress" ? <Progress id={flow.linkedId} /> : null}
    </Stack>
  );
}

/** A new step begins at its heading, for eyes and for screen readers; the first one leaves the focus alone. */
function useStepFocus(step: Step) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [step]);
  return heading;
}

function Steps({ step }: { readonly step: Step }) {
  const at = STEPS.indexOf(step);
  const narrow = useNarrow();
  if (narrow)
    return (
      <Text size="sm" c="dimmed">
        Step {at + 1} of {STEPS.length}: {LABELS[at]}
      </Text>
    );
  return (
    <Box aria-label={`Step ${at + 1} of ${STEPS.length}`} role="group">
      <Stepper active={at} size="xs" allowNextStepsSelect={false} iconSize={28}>
        {LABELS.map((label) => (
          <Stepper.Step key={label} label={label} component="div" tabIndex={-1} />
        ))}
      </Stepper>
    </Box>
  );
}
