import { PortTakenError, type ChildPart } from './childPart.ts';
import { freePort } from './freePort.ts';

const MAX_TRIES = 20;

/**
 * Starts a part on the wanted port or, if that is taken, on a free one. Tries again if another process takes the port
 * between the check and the start. @throws what `start` throws.
 */
export async function startOnFreePort(
  start: (port: string) => Promise<ChildPart>,
  wanted = 0,
): Promise<ChildPart> {
  for (let attempt = 1; ; attempt += 1) {
    const port = String(await freePort(attempt === 1 ? wanted : 0));
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === MAX_TRIES) throw error;
    }
  }
}
