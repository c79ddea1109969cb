import { ConnectorError } from '../base/connectorError.ts';
import type { Dependency } from './ports/dependency.ts';

/** Finds the services that do not answer. */
export interface Readiness {
  /** The names of the services that fail, from an answer that is at most two seconds old. Never rejects. */
  findFailing(): Promise<readonly string[]>;
}

interface Options {
  readonly dependencies: readonly Dependency[];
  readonly now: () => Date;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const CHECK_TIMEOUT_IN_MILLISECONDS = 3000;
const REMEMBERED_FOR_IN_MILLISECONDS = 2000;

/**
 * Checks the services for anybody who asks, at most one check of each at a time, since a check costs a read of the
 * database and a look into a queue. A service that answers late counts as failing until its check ends.
 */
export function createReadiness({ dependencies, now, pause }: Options): Readiness {
  const unanswered = new Map<Dependency, Promise<void>>();
  const check = (dependency: Dependency): Promise<void> => {
    const started = unanswered.get(dependency) ?? dependency.check();
    unanswered.set(dependency, started);
    const forget = (): void => void unanswered.delete(dependency);
    started.then(forget, forget);
    const late = pause(CHECK_TIMEOUT_IN_MILLISECONDS).then(failLate);
    return Promise.race([started, late]);
  };
  const probe = async (): Promise<readonly string[]> => {
    const results = await Promise.allSettled(dependencies.map(check));
    return dependencies
      .filter((_, at) => results[at]?.status === 'rejected')
      .map(({ name }) => name);
  };

  let running: Promise<readonly string[]> | undefined;
  let last: { readonly failing: readonly string[]; readonly until: number } | undefined;
  const probeOnce = async (): Promise<readonly string[]> => {
    const failing = await probe();
    last = { failing, until: now().getTime() + REMEMBERED_FOR_IN_MILLISECONDS };
    running = undefined;
    return failing;
  };
  return {
    async findFailing() {
      if (last !== undefined && now().getTime() < last.until) return last.failing;
      running ??= probeOnce();
      return running;
    },
  };
}

function failLate(): never {
  throw new ConnectorError('serviceNotAvailable', 'the check took too long');
}
