import { connect, createServer, type Socket } from 'node:net';
import { listeningPort } from '../../support/listeningPort.ts';

const MAX_HOLD_IN_MILLISECONDS = 200;

export interface SocketWireOptions {
  /** The destination, on loopback. */
  readonly port: number;
  readonly random: () => number;
  /** The share of chunks that are delayed. */
  readonly shareOfHeld: number;
  /** The share of answers that are dropped together with their connection. */
  readonly shareOfLostAnswers: number;
}

/** A TCP proxy that delays and loses data, and can be cut. */
export interface SocketWire {
  readonly port: number;
  readonly counts: Readonly<{ cuts: number; held: number; lostAnswers: number }>;
  /** Ends every connection. */
  cut(): void;
  /** Delays the next chunk and drops the next answer, if its shares are more than 0. */
  failOnceInEachWay(): void;
  /** Ends all faults. */
  calm(): void;
  stop(): Promise<void>;
}

export async function startSocketWire(options: SocketWireOptions): Promise<SocketWire> {
  const { random } = options;
  const counts = { cuts: 0, held: 0, lostAnswers: 0 };
  const sockets = new Set<Socket>();
  const certain = new Set<'held' | 'lostAnswers'>();
  let isCalm = false;
  const isHit = (fault: 'held' | 'lostAnswers', share: number): boolean =>
    !isCalm && share > 0 && (certain.delete(fault) || random() < share);

  const pass = (from: Socket, to: Socket, shareOfLost: number): void => {
    from.on('data', (chunk) => {
      if (isHit('lostAnswers', shareOfLost)) {
        counts.lostAnswers += 1;
        from.destroy();
        return;
      }
      const isHeld = isHit('held', options.shareOfHeld);
      if (isHeld) counts.held += 1;
      if (to.write(chunk) && !isHeld) return;
      from.pause();
      if (isHeld) setTimeout(() => from.resume(), random() * MAX_HOLD_IN_MILLISECONDS);
      else to.once('drain', () => from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    sockets.add(from);
  };

  const server = createServer({ noDelay: true }, (inner) => {
    const outer = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    pass(inner, outer, 0);
    pass(outer, inner, options.shareOfLostAnswers);
  });
  const wirePort = await listeningPort(server);
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: wirePort,
    counts,
    cut() {
      counts.cuts += sockets.size / 2;
      endAll();
    },
    failOnceInEachWay() {
      certain.add('held').add('lostAnswers');
    },
    calm() {
      isCalm = true;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      endAll();
      await closed;
    },
  };
}
