import type { Doubtful } from '../vocabulary/signal.ts';

/** Whether the report has an unknown word, which counts as the worst until its fault is held or resolved. */
export function isDoubtful({ faults = [] }: Doubtful): boolean {
  return faults.length > 0;
}
