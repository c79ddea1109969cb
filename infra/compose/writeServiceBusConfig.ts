import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toServiceBusConfig } from './serviceBusConfig.ts';

/** Writes what the Service Bus emulator reads anew from the queues of the code. */
const file = join(import.meta.dirname, 'serviceBus.json');
writeFileSync(file, `${JSON.stringify(toServiceBusConfig(), null, 2)}\n`);
