import { hash, pick } from "../random.ts";

/**
 * Invented people: neither names nor addresses belong to anybody. `.test` is reserved and resolves nowhere. All letters are
 * Latin-1, because a page with wider ones takes the engine four times as long to build; wider ones are in few rows only.
 */
const firstNames = [
  "Ada", "Bruno", "Chiara", "Dag", "Édith", "Farid", "Greta", "Hana", "Imre", "Joël", "Kofi", "Lotte", "Mirela", "Nils",
  "Oda", "Pavel", "Quentin", "Rosalía", "Søren", "Tomoko", "Uma", "Vasco", "Wanda", "Ximena", "Yusuf", "Zoë",
] as const; // prettier-ignore
const lastNames = [
  "Abelard", "Brückner", "Castellan", "Dörfler", "Eklund", "Fontaine", "Grünwald", "Holloway", "Iversen", "Jansky", "Kestrel",
  "Lindqvist", "Moreau", "Novotny", "Okonjo", "Petrescu", "Quill", "Rosenthal", "Saarinen", "Thackeray", "Ueda", "Valette",
  "Wexford", "Xylander", "Yarrow", "Zielonka",
] as const; // prettier-ignore
export const departments = [
  "Engineering",
  "Sales",
  "R&D",
  "Support",
  "Finance",
  'People "Ops"',
  "Legal",
  "Field/EMEA",
] as const;
export const cities = [
  { city: "Berlin", country: "Germany", code: "DE", lat: 52.52, lon: 13.405, zip: "10115" },
  { city: "Lisboa", country: "Portugal", code: "PT", lat: 38.7223, lon: -9.1393, zip: "1100-148" },
  { city: "Kraków", country: "Poland", code: "PL", lat: 50.0647, lon: 19.945, zip: "30-001" },
  { city: "Toronto", country: "Canada", code: "CA", lat: 43.6532, lon: -79.3832, zip: "M5H 2N2" },
  { city: "Osaka", country: "Japan", code: "JP", lat: 34.6937, lon: 135.5023, zip: "530-0001" },
  { city: "Austin", country: "United States", code: "US", lat: 30.2672, lon: -97.7431, zip: "73301" },
] as const;

export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly login: string;
}

/** The person behind user number `index`; logins are unique because they carry the number. */
export function personAt(seed: number, index: number): Person {
  const h = hash(seed, index, 11);
  return {
    firstName: pick(firstNames, h),
    lastName: pick(lastNames, Math.floor(h / 977)),
    login: `user${index}@acme.test`,
  };
}
