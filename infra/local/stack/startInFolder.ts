import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StackProcesses } from './stackProcesses.ts';
import { takeFolder } from './takeFolder.ts';

export interface FolderOptions {
  /** The folder for data, logs and secrets. */
  readonly stateFolder: string;
  /** The folder with the program of each part, `{name}/main.ts`; default: `infra/local`. */
  readonly partsFolder?: string;
  /** Cancels a start in progress and stops the parts already running. */
  readonly signal?: AbortSignal | undefined;
  /** How far the clocks of all parts are ahead of this machine's. */
  readonly clockOffsetInSeconds?: number | undefined;
  /** Receives restarts of parts and failures. */
  readonly log?: ((message: string) => void) | undefined;
}

/** The folder and the processes of a system that is starting or running. */
export interface SystemInFolder {
  readonly folder: string;
  /** Contains the description of the system while it runs. */
  readonly stackFile: string;
  readonly processes: StackProcesses;
  /** Stops the parts and releases the folder. */
  readonly end: () => Promise<void>;
}

/**
 * Takes the folder for one system and starts its parts. If a part does not start, the others end.
 * @throws Error if another system uses the folder, or if a part does not become ready; the reason of `signal`.
 */
export async function startInFolder<T>(
  options: FolderOptions,
  startParts: (system: SystemInFolder) => Promise<T>,
): Promise<T> {
  const folder = resolve(options.stateFolder);
  mkdirSync(join(folder, 'log'), { recursive: true });
  const releaseFolder = takeFolder(folder);
  const stackFile = join(folder, 'stack.json');
  const { clockOffsetInSeconds = 0, signal, log = () => undefined, partsFolder } = options;
  const processes = new StackProcesses({ folder, partsFolder, clockOffsetInSeconds, signal, log });
  const end = async (): Promise<void> => {
    rmSync(stackFile, { force: true });
    await processes.stop();
    releaseFolder();
  };
  try {
    return await startParts({ folder, stackFile, processes, end });
  } catch (error) {
    await end();
    signal?.throwIfAborted();
    throw error;
  }
}
