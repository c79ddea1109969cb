import { QUEUES } from '../../shared/resources.ts';
import { listDeadLetters } from './deadLetters.ts';
import { toResult, type OpsResult } from './opsCommand.ts';
import type { OpsTarget } from './opsTarget.ts';
import { listQuarantine } from './quarantineCommands.ts';

/** One thing to check, and whether its value needs no attention. */
interface StatusLine {
  readonly name: string;
  readonly read: () => Promise<string | number>;
  readonly isHealthy: (value: string | number) => boolean;
}

const isZero = (value: string | number): boolean => value === 0;

/** Reads all lines at once. A part that does not answer fails only its own line. One line that needs attention makes a partial result. */
export async function readStatus(target: OpsTarget): Promise<OpsResult> {
  const found = await Promise.all(
    toStatusLines(target).map(async ({ name, read, isHealthy }) => {
      try {
        const value = await read();
        return { name, value, isHealthy: isHealthy(value) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { name, value: `unknown: ${reason}`, isHealthy: false };
      }
    }),
  );
  const value = Object.fromEntries(found.map((line) => [line.name, line.value]));
  return { ...toResult(value), isPartial: found.some(({ isHealthy }) => !isHealthy) };
}

function toStatusLines(target: OpsTarget): readonly StatusLine[] {
  return [
    {
      name: 'health',
      read: () => target.request('GET', 'health/ready').then(() => 'ready'),
      isHealthy: () => true,
    },
    {
      name: 'silenceBreaker',
      read: () => readState(target, 'silenceBreaker'),
      isHealthy: (value) => value === 'closed',
    },
    {
      name: 'heldReports',
      read: async () => {
        const faults = (await target.list('deviceManagement/reportFaults')) as readonly {
          readonly state: string;
        }[];
        return faults.filter(({ state }) => state === 'held').length;
      },
      isHealthy: isZero,
    },
    {
      name: 'enrolment',
      read: () => readState(target, 'enrolmentSync'),
      isHealthy: (value) => value !== 'held',
    },
    {
      name: 'quarantine',
      read: async () => (await listQuarantine(target, {})).length,
      isHealthy: isZero,
    },
    ...QUEUES.map(({ name }) => ({
      name: `${name} dead letters`,
      read: async () => (await listDeadLetters(await target.serviceBus(), name, {})).length,
      isHealthy: isZero,
    })),
  ];
}

async function readState(target: OpsTarget, name: string): Promise<string> {
  const { state } = (await target.request('GET', `deviceManagement/${name}`)) as {
    readonly state: string;
  };
  return state;
}
