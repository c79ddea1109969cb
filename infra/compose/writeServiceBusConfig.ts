import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toServiceBusConfig } from './serviceBusConfig.ts';

/** Writes the configuration file of the Service Bus emulator from the queues of the code. */
const file = join(import.meta.dirname, 'serviceBus.json');
writeFileSync(file, `${JSON.stringify(toServiceBusConfig(), null, 2)}\n`);
