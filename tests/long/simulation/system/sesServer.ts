import { OutgoingError, type OutgoingClient } from '../../../../shared/core/ports/outgoing.ts';
import type { SimulatedEvent } from '../histories/simulatedEvent.ts';
import type { Progress } from './progress.ts';
import type { Actor, Scheduler } from './scheduler.ts';

const CREDENTIAL = 'credential-of-a-client-application';
const CHUNK = 3;
/** How far back an answer begins that repeats what was read. */
const MAX_OVERLAP = 3;
const FAULTS = { expiredToken: 0.1, expiredPosition: 0.3, cut: 0.15, repeat: 0.3 };

/** The secrets of the event export. */
export const SES_SECRETS: readonly string[] = [CREDENTIAL];

/** What all requests to the export share. */
export interface SesExport {
  readonly events: readonly SimulatedEvent[];
  /** Whether it is as fast and complete as it can be. */
  isCalm: boolean;
  readonly tokens: Set<string>;
}

interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly progress: Progress;
}

/**
 * The event export of Symantec Endpoint Security, as one worker reaches it (demisto/content,
 * SymantecEndpointSecurity.py): a token for the credential, a stream of chunks `{events, next}`, 401 for a token that has
 * expired, 410 for a `next` that has, repeats, and connections that are cut.
 */
export function createSesClient(
  ses: SesExport,
  { scheduler, random, progress }: Surroundings,
  actor: Actor,
): OutgoingClient {
  const isHit = (share: number): boolean => !ses.isCalm && random() < share;
  const answer = <T>(status: number, body: T): { status: number; headers: Headers; body: T } => ({
    status,
    headers: new Headers(),
    body,
  });

  async function* stream(from: number): AsyncGenerator<Uint8Array> {
    const due = ses.events.filter(({ reported }) => reported <= scheduler.now);
    for (let at = from; at < due.length; at += CHUNK) {
      await scheduler.step(actor);
      const events = due.slice(at, at + CHUNK);
      const next = `position-${String(at + events.length)}`;
      const text = JSON.stringify({ events: events.map(({ wire }) => wire), next });
      const length = isHit(FAULTS.cut) ? Math.floor(random() * text.length) : text.length;
      if (length === text.length) handOver(events, scheduler.now);
      yield Buffer.from(text.slice(0, length));
      if (length < text.length) throw new OutgoingError('unreachable', 'the connection was cut');
    }
  }

  function handOver(events: readonly SimulatedEvent[], at: number): void {
    progress.begin({ name: 'export', isDead: false }, events, at);
  }

  /** Who asks for what comes next has the rest. */
  function confirm(count: number): void {
    const attempt: Actor = { name: 'confirmed', isDead: false };
    progress.begin(attempt, ses.events.slice(0, count), scheduler.now);
    progress.take(attempt);
  }

  return {
    async send({ headers }) {
      await scheduler.step(actor);
      if (headers['authorization'] !== `Bearer ${CREDENTIAL}`) return answer(401, '');
      const token = `token-${String(ses.tokens.size)}`;
      ses.tokens.add(token);
      return answer(200, JSON.stringify({ access_token: token }));
    },

    async open({ headers, body }) {
      await scheduler.step(actor);
      const token = (headers['authorization'] ?? '').slice('Bearer '.length);
      if (!ses.tokens.has(token) || isHit(FAULTS.expiredToken)) {
        ses.tokens.delete(token);
        return answer(401, stream(Infinity));
      }
      const { next } = JSON.parse(String(body)) as { readonly next?: string };
      if (next === undefined) return answer(200, stream(0));
      const position = Number(next.slice('position-'.length));
      confirm(position);
      if (isHit(FAULTS.expiredPosition)) return answer(410, stream(Infinity));
      const overlap = isHit(FAULTS.repeat) ? Math.ceil(random() * MAX_OVERLAP) : 0;
      return answer(200, stream(Math.max(0, position - overlap)));
    },

    close: () => undefined,
  };
}
