/** Secrets of our own making: 256 bits of chance, kept as a hash, compared in a time that tells nothing. */
import { createHash, timingSafeEqual } from "node:crypto";

/** One round is all that hiding chance takes; passwords, which people choose, take more (password.ts). */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Whether two texts are equal; takes as long wherever they differ. */
export const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(a), "hex"), Buffer.from(hashOf(b), "hex"));
