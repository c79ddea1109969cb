/** What is kept under a name, with the version that it was read at. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

/** Documents as a database keeps them: as text, by name, written only over the version that was read. */
export class MemoryStore<T> {
  private readonly kept = new Map<string, { readonly text: string; readonly etag: string }>();
  private writes = 0;

  read(name: string): Versioned<T> | undefined {
    const found = this.kept.get(name);
    return found && { value: JSON.parse(found.text) as T, etag: found.etag };
  }

  /** The new version, or `conflict` where somebody else was first. */
  write(name: string, value: T, etag: string | undefined): { readonly etag: string } | 'conflict' {
    if (this.kept.get(name)?.etag !== etag) return 'conflict';
    this.writes += 1;
    const next = `v${String(this.writes)}`;
    this.kept.set(name, { text: JSON.stringify(value), etag: next });
    return { etag: next };
  }

  remove(name: string, etag: string): 'removed' | 'conflict' {
    if (this.kept.get(name)?.etag !== etag) return 'conflict';
    this.kept.delete(name);
    return 'removed';
  }

  get values(): readonly Versioned<T>[] {
    return [...this.kept].map(([, { text, etag }]) => ({ value: JSON.parse(text) as T, etag }));
  }
}
