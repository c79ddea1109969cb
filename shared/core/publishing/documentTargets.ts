import { checkShape } from '../../base/validation/checkShape.ts';
import type { ConfigurationDocuments } from '../ports/configuration.ts';
import { remember } from '../../base/remember.ts';
import type { Delivery, ListTargets, Target } from '../ports/target.ts';

/** Targets that stand in the configuration, and what forgets them where one was changed. */
export interface DocumentTargets {
  readonly list: ListTargets;
  readonly forget: () => void;
}

/** Where there are none. */
export const NO_TARGETS: DocumentTargets = {
  list: () => Promise.resolve([]),
  forget: () => undefined,
};

interface Options<T> {
  readonly documents: ConfigurationDocuments;
  readonly kind: string;
  readonly shape: Parameters<typeof checkShape<T>>[0];
  /** `undefined` for one that is told nothing. */
  readonly toTarget: (value: T, id: string) => Target | undefined;
  readonly cacheInSeconds: number;
  readonly now: () => Date;
}

/**
 * The documents of one kind as targets, as they were at most a few seconds ago. One that cannot be read is kept for as
 * if it were paused: what is dropped is dropped by somebody's word alone.
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
