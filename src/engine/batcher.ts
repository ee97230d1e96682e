/**
 * Collects pages and commits them with the checkpoint that covers them: after so many pages or bytes, or so many seconds after
 * the first of them, even while the next page is awaited. Reading goes on during a commit; it never runs more than one batch
 * ahead, however many readers there are.
 */
import type { Gap, Landing, Page } from "../core/batch.ts";
import type { Checkpoint } from "../core/checkpoint.ts";

export interface BatchLimits {
  readonly pages: number;
  readonly bytes: number;
  readonly wait_ms: number;
}

/** Up to three batches are in memory: being committed, waiting, being read. Of 32 MB they are a tenth faster and take 140 MB more. */
export const BATCH_LIMITS: BatchLimits = { pages: 50, bytes: 16 * 1024 * 1024, wait_ms: 5_000 };

/** What waits to be committed. `checkpoint` is asked for at the moment the batch is closed. */
export interface Pending {
  readonly pages: readonly PendingPage[];
  readonly landing: Landing;
  readonly gone: readonly string[];
  readonly gaps: readonly Gap[];
  readonly checkpoint: Checkpoint;
}

/** A page and what conforming it cost; `raw` is what Okta sent, for a second try when the warehouse refuses a plain page. */
export interface PendingPage {
  readonly page: Page;
  readonly raw: Uint8Array;
  readonly rejected: number;
  readonly oddValues: number;
}

export class Batcher implements AsyncDisposable {
  readonly #commit: (pending: Pending) => Promise<void>;
  readonly #checkpoint: () => Checkpoint;
  readonly #limits: BatchLimits;
  #pages: PendingPage[] = [];
  #gone: string[] = [];
  #gaps: Gap[] = [];
  #bytes = 0;
  #landing: Landing | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  /** Resolves when no more than one closed batch is still to be committed. */
  #room: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  /** `checkpoint` must tell, at any moment, the place behind everything that was added. */
  constructor(commit: (pending: Pending) => Promise<void>, checkpoint: () => Checkpoint, limits: BatchLimits) {
    this.#commit = commit;
    this.#checkpoint = checkpoint;
    this.#limits = limits;
  }

  /** Adds a page whose place the checkpoint already covers. Resolves when there is room for the next; rejects when a commit failed. */
  async add(page: PendingPage, landing: Landing): Promise<void> {
    this.#landing = landing;
    this.#pages.push(page);
    this.#bytes += page.page.bytes.length;
    await this.#added();
  }

  async addGone(key: string, landing: Landing): Promise<void> {
    this.#landing = landing;
    this.#gone.push(key);
    await this.#added();
  }

  /** Rides on the next batch. */
  addGap(gap: Gap): void {
    this.#gaps.push(gap);
  }

  /** Commits what is there and waits until it is in the warehouse; with `always`, the checkpoint alone, too. */
  async flush(landing: Landing, always = false): Promise<void> {
    this.#landing = landing;
    if (always || this.#size() > 0) this.#close();
    await this.#settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  #size(): number {
    return this.#pages.length + this.#gone.length + this.#gaps.length;
  }

  async #added(): Promise<void> {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#pages.length + this.#gone.length >= this.#limits.pages || this.#bytes >= this.#limits.bytes) {
      this.#close();
    } else {
      this.#timer ??= setTimeout(() => this.#close(), this.#limits.wait_ms);
    }
    await this.#room;
    if (this.#failure !== null) throw (this.#failure as { readonly error: unknown }).error;
  }

  /** Hands the batch over, with the checkpoint of this very moment. */
  #close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#landing === null) return;
    const pending: Pending = {
      pages: this.#pages,
      landing: this.#landing,
      gone: this.#gone,
      gaps: this.#gaps,
      checkpoint: this.#checkpoint(),
    };
    this.#pages = [];
    this.#gone = [];
    this.#gaps = [];
    this.#bytes = 0;
    this.#room = this.#running;
    this.#running = this.#running.then(async () => {
      // A batch behind a failed one must not be committed: its checkpoint would cover rows that are not there.
      if (this.#failure !== null) return;
      try {
        await this.#commit(pending);
      } catch (error) {
        this.#failure = { error };
      }
    });
  }

  async #settled(): Promise<void> {
    await this.#running;
    if (this.#failure !== null) throw this.#failure.error;
  }
}
