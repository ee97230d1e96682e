/** What is being put under the names of schema `views`. The engine refuses two changes of one name at a time: the newer word stops the older. */

interface Under {
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

export class Making {
  readonly #under = new Map<string, Under>();

  /** Does `work` for the name, after what was being done for it has stopped; `stop`, a further `run` or the signal end it. */
  async run<T>(view: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.stop(view);
    const key = view.toLowerCase();
    const stop = new AbortController();
    const working = work(AbortSignal.any([signal, stop.signal]));
    const under = { stop, ended: working.catch(() => undefined) };
    this.#under.set(key, under);
    try {
      return await working;
    } finally {
      if (this.#under.get(key) === under) this.#under.delete(key);
    }
  }

  /** Resolves when nothing is being done for the name any more. */
  async stop(view: string): Promise<void> {
    const under = this.#under.get(view.toLowerCase());
    under?.stop.abort();
    await under?.ended;
  }
}
