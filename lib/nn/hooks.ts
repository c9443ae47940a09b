/** What registering a hook returns: `remove()` takes the hook away again, and so does the end of a `using` scope. */
export class RemovableHandle {
  readonly #remove: () => void;

  constructor(remove: () => void) {
    this.#remove = remove;
  }

  remove(): void {
    this.#remove();
  }

  [Symbol.dispose](): void {
    this.#remove();
  }
}

/** Hooks in calling order; one function may be registered several times. */
export class HookList<Hook> {
  #entries: { hook: Hook }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  add(hook: Hook, prepend: boolean = false): RemovableHandle {
    const entry = { hook };
    this.#entries = prepend ? [entry, ...this.#entries] : [...this.#entries, entry];
    return new RemovableHandle(() => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    });
  }

  // Adding and removing replace the array, so a hook may remove itself while the list runs.
  *[Symbol.iterator](): Iterator<Hook> {
    for (const { hook } of this.#entries) yield hook;
  }
}
