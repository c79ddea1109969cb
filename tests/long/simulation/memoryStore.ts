/** What is kept under a name, with the version that it was read at. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

interface Kept<T> {
  readonly text: string;
  readonly etag: string;
  seen?: Versioned<T>;
}

/** Documents as a database keeps them: as text, by name, written only over the version that was read. */
export class MemoryStore<T> {
  private readonly kept = new Map<string, Kept<T>>();
  private writes = 0;
  /** How often something was written or removed. */
  changes = 0;

  read(name: string): Versioned<T> | undefined {
    const found = this.kept.get(name);
    return found && { value: JSON.parse(found.text) as T, etag: found.etag };
  }

  /** The new version, or `conflict` where somebody else was first. */
  write(name: string, value: T, etag: string | undefined): { readonly etag: string } | 'conflict' {
    if (this.kept.get(name)?.etag !== etag) return 'conflict';
    this.writes += 1;
    this.changes += 1;
    const next = `v${String(this.writes)}`;
    this.kept.set(name, { text: JSON.stringify(value), etag: next });
    return { etag: next };
  }

  remove(name: string, etag: string): 'removed' | 'conflict' {
    if (this.kept.get(name)?.etag !== etag) return 'conflict';
    this.changes += 1;
    this.kept.delete(name);
    return 'removed';
  }

  /** All of them as they are kept. */
  get texts(): readonly string[] {
    return [...this.kept.values()].map(({ text }) => text);
  }

  /** All of them, to be looked at: who looks again sees the same objects. */
  get values(): readonly Versioned<T>[] {
    return [...this.kept.values()].map(
      (each) => (each.seen ??= { value: JSON.parse(each.text) as T, etag: each.etag }),
    );
  }
}
