import { randomUUID } from 'node:crypto';
import { SesError } from './sesError.ts';

/** The texts by which a client names how far it has read. */
export interface Positions {
  readonly toNext: (index: number) => string;
  /** @throws SesError 410 if the position has expired, 400 if it never was one. */
  indexOf(next: string): number;
  expire(): void;
}

/** A position is opaque to clients. Those of an earlier run of the server have expired. */
export function createPositions(): Positions {
  let generation: string = randomUUID();
  return {
    toNext: (index) => Buffer.from(`${generation} ${String(index)}`).toString('base64url'),
    indexOf(next) {
      const text = Buffer.from(next, 'base64url').toString();
      const [, of, index] = /^([0-9a-f-]{36}) (\d+)$/.exec(text) ?? [];
      if (index === undefined) throw new SesError(400, 'The position is not valid.');
      if (of !== generation) throw new SesError(410, 'The position has expired.');
      return Number(index);
    },
    expire() {
      generation = randomUUID();
    },
  };
}
