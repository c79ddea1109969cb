import { execFile, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/node/projectRoot.ts';

export interface OpsOutcome {
  /** As the command ended; -1 where it was killed. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. */
export interface RunningOps {
  readonly process: ChildProcess;
  readonly outcome: Promise<OpsOutcome>;
}

/** `npm run ops` as it is typed, in a process of its own. */
export function startOps(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningOps {
  const file = join(PROJECT_ROOT, 'infra/ops/main.ts');
  const { promise: outcome, resolve } = Promise.withResolvers<OpsOutcome>();
  const args = ['--disable-warning=ExperimentalWarning', file, ...words];
  const env = { ...process.env, ...environment };
  const child = execFile(process.execPath, args, { env }, (error, out, err) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
    resolve({ code, out, err });
  });
  return { process: child, outcome };
}
