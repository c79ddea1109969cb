import { checkShape } from '../../base/validation/checkShape.ts';
import type { ConfigurationDocuments } from '../ports/configuration.ts';
import { remember } from '../../base/remember.ts';
import type { Delivery, ListTargets, Target } from '../ports/target.ts';

/** Targets from documents of the configuration. `forget` drops the cache after a change. */
export interface DocumentTargets {
  readonly list: ListTargets;
  readonly forget: () => void;
}

/** For a system without such targets. */
export const NO_TARGETS: DocumentTargets = {
  list: () => Promise.resolve([]),
  forget: () => undefined,
};

interface Options<T> {
  readonly documents: ConfigurationDocuments;
  readonly kind: string;
  readonly shape: Parameters<typeof checkShape<T>>[0];
  /** Returns `undefined` for a disabled target. */
  readonly toTarget: (value: T, id: string) => Target | undefined;
  readonly cacheInSeconds: number;
  readonly now: () => Date;
}

/**
 * The documents of one kind as targets, at most a few seconds old. Announcements for a target whose document cannot be
 * read are kept, as for a paused one: only an administrator's change may drop them.
 */
export function createDocumentTargets<T>(options: Options<T>): DocumentTargets {
  const { documents, kind, cacheInSeconds, now } = options;
  const remembered = remember(
    async () => {
      const stored = await documents.listKind(kind);
      return stored.flatMap(({ document }) => readTarget(options, document) ?? []);
    },
    cacheInSeconds,
    now,
  );
  return { list: remembered.get, forget: remembered.forget };
}

function readTarget<T>(
  { kind, shape, toTarget }: Options<T>,
  document: { readonly id: string },
): Target | undefined {
  const id = `${kind}:${document.id}`;
  const checked = checkShape(shape, document);
  if (checked.ok) return toTarget(checked.value, id);
  const reason = `the ${kind} cannot be read: ${checked.problems[0]?.path ?? ''}`;
  const failed: Delivery = { outcome: 'failed', code: 'documentInvalid', reason };
  return { id, isPaused: true, deliver: () => Promise.resolve(failed) };
}
