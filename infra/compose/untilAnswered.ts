import type { CommandIo } from '../cli/commandIo.ts';

const MAX_TRIES = 60;
const DELAY_IN_MILLISECONDS = 2000;

/**
 * Repeats the work while the service is still starting: it is out of reach, resets connections, or answers 5xx. The port
 * of a container is open before its service listens (github.com/Azure/azure-cosmos-db-emulator-docker/issues/154).
 * @throws the last error after two minutes, and any other error at once
 */
export async function untilAnswered(
  name: string,
  work: () => Promise<void>,
  { pause, printError }: Pick<CommandIo, 'pause' | 'printError'>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === MAX_TRIES || !isStarting(error)) throw error;
      if (attempt === 1) printError(`waiting for ${name}: ${(error as Error).message}`);
      await pause(DELAY_IN_MILLISECONDS);
    }
  }
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'REQUEST_SEND_ERROR']);

/** The SDKs name the status `code` or `statusCode`, and put a system error beneath. */
function isStarting(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, statusCode, cause } = error as {
    readonly code?: unknown;
    readonly statusCode?: unknown;
    readonly cause?: unknown;
  };
  const status = Number(statusCode ?? code);
  return status >= 500 || UNREACHABLE.has(String(code)) || isStarting(cause);
}
