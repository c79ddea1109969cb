/** A stored value with its version. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

interface Kept<T> {
  readonly text: string;
  readonly etag: string;
  seen?: Versioned<T>;
}

/** A database: documents as text, by key, replaced only in the version that was read. */
export class MemoryStore<T> {
  private readonly kept = new Map<string, Kept<T>>();
  private writes = 0;
  /** The number of writes and removals. */
  changes = 0;

  /** The document, read-only: the same object until the next write. */
  read(name: string): Versioned<T> | undefined {
    const found = this.kept.get(name);
    return found && see<T>(found);
  }

  /** Returns the new version, or `conflict` if another write came first. */
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

  /** All documents as text. */
  get texts(): readonly string[] {
    return [...this.kept.values()].map(({ text }) => text);
  }

  /** All documents, read-only: the same objects each time. */
  get values(): readonly Versioned<T>[] {
    return [...this.kept.values()].map((each) => see<T>(each));
  }
}

function see<T>(kept: Kept<T>): Versioned<T> {
  return (kept.seen ??= { value: JSON.parse(kept.text) as T, etag: kept.etag });
}
