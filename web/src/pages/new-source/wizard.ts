/** What the person has said so far. Held in memory only, so that a secret is never in storage or an address. */
import { useState } from "react";
import { useSearchParams } from "wouter";
import type { TableDraft } from "../../parts/table-settings.tsx";
import type { FormField, Preflight, SourceType, TableOffer } from "../../parts/words.ts";

export const STEPS = ["catalogue", "credentials", "schemas", "progress"] as const;
export type Step = (typeof STEPS)[number];

export interface Wizard {
  readonly type: SourceType | null;
  readonly fields: Readonly<Record<string, string>>;
  /** Empty: the org's address. */
  readonly name: string;
  readonly prefix: string;
  /** Until the person writes one themselves, the server's suggestion is taken. */
  readonly prefixTouched: boolean;
  readonly description: string;
  readonly preflight: Preflight | null;
  readonly drafts: Readonly<Record<string, TableDraft>>;
  /** A day, `2026-01-31`; empty: the default. */
  readonly logsSince: string;
  readonly sharePercent: number;
  readonly takesNewTables: boolean;
}

const EMPTY: Wizard = {
  type: null,
  fields: {},
  name: "",
  prefix: "okta",
  prefixTouched: false,
  description: "",
  preflight: null,
  drafts: {},
  logsSince: "",
  sharePercent: 75,
  takesNewTables: false,
};

export interface WizardStep {
  readonly wizard: Wizard;
  readonly change: (part: Partial<Wizard>) => void;
  readonly go: (step: Step) => void;
}

/** The step is in the address, so that Back in the browser goes one step back; what it needs decides whether it is shown. */
export function useWizard(): WizardStep & {
  readonly step: Step;
  readonly linkedId: string;
  readonly arrive: (id: string) => void;
} {
  const [wizard, setWizard] = useState(EMPTY);
  const [search, setSearch] = useSearchParams();
  const asked = STEPS.find((step) => step === search.get("step")) ?? "catalogue";
  const linkedId = search.get("source") ?? "";
  return {
    wizard,
    change: (part) => setWizard((before) => ({ ...before, ...part })),
    step: possible(asked, wizard, linkedId),
    linkedId,
    go: (step) => setSearch({ step }),
    // Imported is imported: Back must not offer the form again, and the credential is forgotten.
    arrive: (id) => {
      setWizard(EMPTY);
      setSearch({ step: "progress", source: id }, { replace: true });
    },
  };
}

function possible(asked: Step, wizard: Wizard, linkedId: string): Step {
  if (asked === "progress" && linkedId !== "") return "progress";
  if (wizard.type === null) return "catalogue";
  if (asked === "schemas" && wizard.preflight === null) return "credentials";
  return asked === "progress" ? "schemas" : asked;
}

export function begin(type: SourceType): Partial<Wizard> {
  const selects = type.fields.filter(({ kind }) => kind === "select");
  const fields = Object.fromEntries(selects.map(({ name, options }) => [name, options[0]?.value ?? ""]));
  return { type, fields, preflight: null, drafts: {} };
}

export const isShown = (field: FormField, fields: Wizard["fields"]): boolean =>
  field.when === null || fields[field.when.field] === field.when.is;

/** Only what is shown is sent: a token typed before choosing the service app stays here. */
export function sentFields({ type, fields }: Pick<Wizard, "type" | "fields">): Record<string, string> {
  const shown = type?.fields.filter((field) => isShown(field, fields)) ?? [];
  return Object.fromEntries(shown.map(({ name }) => [name, fields[name] ?? ""]).filter(([, value]) => value !== ""));
}

/**
 * Good enough to press Import at once: all that can be read, as the server advises. What was chosen before stays; what was off only
 * because it could not be read is on once it can be.
 */
export function draftsFor(preflight: Preflight, before: Pick<Wizard, "drafts" | "preflight">): Wizard["drafts"] {
  const barred = new Set(
    before.preflight?.tables.filter(({ readable }) => readable === false).map(({ table }) => table),
  );
  return Object.fromEntries(
    preflight.tables.map((offer) => {
      const draft = before.drafts[offer.table] ?? draftOf(offer);
      const wanted = draft.enabled || barred.has(offer.table);
      return [offer.table, { ...draft, enabled: wanted && offer.readable !== false }];
    }),
  );
}

const draftOf = (offer: TableOffer): TableDraft => ({
  enabled: offer.readable !== false,
  mode: offer.defaultMode,
  schedule: offer.defaultSchedule,
  lookBack_s: 0,
  treatment: {},
});

const PREFIX = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
/** What the warehouse keeps for itself (`src/core/prefix.ts`). */
const RESERVED = /^(?:rollcall|views|main|memory|information_schema|temp|system|pg_.*)$/i;

export function prefixProblem(prefix: string, taken: readonly string[]): string | null {
  if (prefix === "") return "A prefix is needed.";
  if (!PREFIX.test(prefix)) return "A letter first, then letters, digits or underscores; at most 40.";
  if (RESERVED.test(prefix)) return `The warehouse keeps ${prefix} for itself. Choose another.`;
  if (taken.includes(prefix.toLowerCase())) return `Another source uses ${prefix} already.`;
  return null;
}
