import { QUEUES } from '../../../shared/resources.ts';
import { runPart } from '../runPart.ts';
import { startServiceBusBroker } from './startServiceBusBroker.ts';

const { LOCAL_PORT, SERVICEBUS_FILE, SERVICEBUS_LOCK_DURATION } = process.env;

await runPart(() =>
  startServiceBusBroker({
    port: Number(LOCAL_PORT ?? 0),
    queues: QUEUES.map((queue) =>
      SERVICEBUS_LOCK_DURATION ? { ...queue, lockDuration: SERVICEBUS_LOCK_DURATION } : queue,
    ),
    ...(SERVICEBUS_FILE ? { file: SERVICEBUS_FILE } : {}),
  }),
);
