/**
 * Names of secrets: what `json(…, { secrets: "drop" })` leaves out, at any depth. Pure, and the one list behind
 * `docs/secrets.md`. A name is compared by its letters and digits alone, in lower case and without a plural s:
 * `client_secret`, `clientSecret` and `Client-Secrets` are one name.
 */

interface SecretName {
  /** Lower case, letters and digits only. */
  readonly name: string;
  /** `end`: any name that ends so. `word`: only the whole name or its last word (`userPin`, not `spin`). */
  readonly match: "end" | "word";
  readonly about: string;
}

const end = (name: string, about: string): SecretName => ({ name, match: "end", about });
const word = (name: string, about: string): SecretName => ({ name, match: "word", about });

export const SECRET_NAMES: readonly SecretName[] = [
  end("password", "Passwords of people, administrators and shared accounts."),
  end("passwd", "The same, abbreviated."),
  end("pwd", "The same, abbreviated."),
  end("passphrase", "Passphrases, mostly of keys."),
  end("passcode", "Passcodes."),
  end("passwordhash", "Hashed passwords."),
  end("passwordencrypted", "Passwords that Okta stores encrypted."),
  end("secret", "Client secrets, shared secrets, webhook secrets."),
  end("secrethash", "Hashed secrets."),
  end("secretencrypted", "Secrets that Okta stores encrypted."),
  end("token", "API, access, refresh and bearer tokens."),
  end("tokenencrypted", "Tokens that Okta stores encrypted, as between two Okta orgs."),
  end("apikey", "API keys."),
  end("accesskey", "Access keys of cloud providers, `secretAccessKey` included."),
  end("authkey", "Keys that authenticate a caller."),
  end("accountkey", "Keys of service and storage accounts."),
  end("encryptionkey", "Keys that encrypt."),
  end("hmackey", "Keys of message digests."),
  end("integrationkey", "Integration keys, such as Duo's."),
  end("licensekey", "Licence keys."),
  end("masterkey", "Master keys."),
  end("privatekey", "Private keys."),
  end("secretkey", "Secret keys."),
  end("sharedkey", "Keys shared by two sides."),
  end("signingkey", "Keys that sign."),
  end("storagekey", "Keys of storage."),
  end("subscriptionkey", "Subscription keys of API gateways."),
  end("symmetrickey", "Keys shared by two sides."),
  end("connectionstring", "Connection strings, which hold a password or key."),
  end("answer", "Answers to recovery questions."),
  word("authorization", "Authorization headers."),
  word("bearer", "Bearer tokens."),
  word("cookie", "Cookies."),
  word("pass", "Passwords, abbreviated."),
  word("pin", "Personal identification numbers; also when they are numbers."),
  word("salt", "Salts of hashed passwords."),
];

/** Names above that are a setting, not a secret, while their value is an object: their own names are looked at instead. */
export const SETTINGS_WHEN_OBJECT: readonly string[] = ["refreshtoken"];

/** Whether a value under this name could be a secret. False is certain; for true, ask `isSecret`. */
export function isSecretName(name: string): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  const answer = ENDS.test(plain(name)) || WORDS.has(lastWord(name));
  if (answers.size >= ANSWERS_LIMIT) answers.clear();
  if (name.length <= NAME_LIMIT) answers.set(name, answer);
  return answer;
}

/**
 * Whether this value, under this name, is to be left out. Texts, objects and lists are; booleans, numbers and null are
 * settings (`revealPassword: true`, `password: null`), but for a PIN or passcode written as a number.
 */
export function isSecret(name: string, value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return isSecretName(name);
    case "object":
      return (
        value !== null && isSecretName(name) && (Array.isArray(value) || !SETTINGS_WHEN_OBJECT.includes(plain(name)))
      );
    case "number":
    case "bigint":
      return isSecretName(name) && NUMERIC.test(plain(name));
    default:
      return false;
  }
}

const of = (match: SecretName["match"]) =>
  SECRET_NAMES.filter((secret) => secret.match === match).map(({ name }) => name);
const ENDS = new RegExp(`(?:${of("end").join("|")})s?$`);
const WORDS: ReadonlySet<string> = new Set(of("word"));
const NUMERIC = /(?:pin|passcode)s?$/;

/** Documents repeat few names: remembering them makes a scan cheap. Bounded, since some documents make names up. */
const answers = new Map<string, boolean>();
const ANSWERS_LIMIT = 20_000;
const NAME_LIMIT = 100;

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** `userPin` → `pin`, `user_pins` → `pin`, `spin` → `spin`. Word by word from the left: in time that grows as the name does. */
function lastWord(name: string): string {
  const last = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)?.at(-1) ?? "";
  const letters = last.toLowerCase();
  return letters.length > 3 && letters.endsWith("s") && WORDS.has(letters.slice(0, -1))
    ? letters.slice(0, -1)
    : letters;
}
