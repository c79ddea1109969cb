import { QUEUES, type QueueShape } from '../../shared/resources.ts';

/** Quotas of the emulator (learn.microsoft.com/azure/service-bus-messaging/overview-emulator). */
export const EMULATOR_LIMITS = {
  defaultMessageTimeToLive: 'PT1H',
  duplicateDetectionHistoryTimeWindow: 'PT5M',
} as const;

/** The emulator's `Config.json` with the queues of the code, except for the emulator's quotas. */
export function toServiceBusConfig(): object {
  return {
    UserConfig: {
      Namespaces: [{ Name: 'sbemulatorns', Queues: QUEUES.map(toQueue), Topics: [] }],
      Logging: { Type: 'Console' },
    },
  };
}

function toQueue({ name, ...shape }: QueueShape): object {
  const properties = Object.entries({ ...shape, ...EMULATOR_LIMITS }).map(([key, value]) => [
    key.charAt(0).toUpperCase() + key.slice(1),
    value,
  ]);
  return {
    Name: name,
    Properties: { ...Object.fromEntries(properties), RequiresSession: false },
  };
}
