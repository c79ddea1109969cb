import { join } from 'node:path';
import { startChildPart, type ChildPart } from './childPart.ts';
import { supervisePart, type SupervisedPart, type Supervision } from './supervisePart.ts';

/** How long the worker may take to finish its work when it is stopped. */
export const WORKER_GRACE_IN_MILLISECONDS = 3000;
const PART_GRACE_IN_MILLISECONDS = 1500;
const WORKER = 'functionsHost';

export interface StackProcessesOptions {
  /** The state folder, which also contains the logs. */
  readonly folder: string;
  /** The folder with the program of each part, `{name}/main.ts`; default: `infra/local`. */
  readonly partsFolder?: string | undefined;
  /** How far the clocks of all parts are ahead of this machine's. */
  readonly clockOffsetInSeconds: number;
  /** Cancels the parts that are still starting. */
  readonly signal: AbortSignal | undefined;
  readonly log: (message: string) => void;
}

/** The processes of one local system. */
export class StackProcesses {
  private readonly options: StackProcessesOptions;
  private readonly starting = new Set<Promise<ChildPart>>();
  private readonly running: ChildPart[] = [];
  private readonly failure = Promise.withResolvers<string>();
  private readonly stopping = new AbortController();
  private readonly signal: AbortSignal;

  constructor(options: StackProcessesOptions) {
    this.options = options;
    const { signal } = options;
    this.signal = AbortSignal.any([this.stopping.signal, ...(signal ? [signal] : [])]);
  }

  /** Resolves with the reason when a part that cannot be restarted has ended. */
  get broken(): Promise<string> {
    return this.failure.promise;
  }

  /** Starts the part of this name. */
  async start(
    name: string,
    environment: Readonly<Record<string, string>>,
    nodeOptions: readonly string[] = [],
  ): Promise<ChildPart> {
    const { folder, clockOffsetInSeconds: offset } = this.options;
    const { partsFolder = join(import.meta.dirname, '..') } = this.options;
    const shiftClock = ['--import', join(import.meta.dirname, 'shiftedClock.ts')];
    const starting = startChildPart({
      name,
      entry: join(partsFolder, name, 'main.ts'),
      environment: { ...environment, LOCAL_CLOCK_OFFSET_IN_SECONDS: String(offset) },
      logFile: join(folder, 'log', `${name}.log`),
      signal: this.signal,
      nodeOptions: [...nodeOptions, ...(offset === 0 ? [] : shiftClock)],
    }).then((part) => this.addRunning(part));
    this.starting.add(starting);
    try {
      return await starting;
    } finally {
      this.starting.delete(starting);
    }
  }

  private addRunning(part: ChildPart): ChildPart {
    this.running.push(part);
    part.process.once('exit', () => this.running.splice(this.running.indexOf(part), 1));
    return part;
  }

  /** Reports the system as broken if `part` ends by itself. */
  require(part: ChildPart): void {
    part.process.once('exit', (code, signal) => {
      if (this.isStopping()) return;
      this.failure.resolve(`${part.name} ended with ${String(code ?? signal)}`);
    });
  }

  /** Restarts `part` at its address after a kill and, if `isRestarted`, after any other end. */
  supervise(
    part: ChildPart,
    supervision: Pick<Supervision, 'start' | 'isRestarted' | 'onRestarted'>,
  ): SupervisedPart {
    return supervisePart(part, {
      ...supervision,
      isStopping: () => this.isStopping(),
      log: this.options.log,
      onFailure: (reason) => this.failure.resolve(reason),
    });
  }

  /**
   * Cancels starting parts, lets the worker finish its work, then stops the other parts. When it resolves, no process is
   * left that could write into the folder.
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.starting);
    const worker = this.running.findLast(({ name }) => name === WORKER);
    await worker?.stop(WORKER_GRACE_IN_MILLISECONDS);
    await Promise.all(this.running.map((part) => part.stop(PART_GRACE_IN_MILLISECONDS)));
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}
