import { addSeconds } from '../../../shared/base/dateTime.ts';
import { pullSource, pullSources } from '../../../shared/core/eventSources/pull/pullSources.ts';
import { SES_SOURCE } from './histories/eventSources.ts';
import { MINUTE } from './histories/history.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';

const RUN_IN_SECONDS = 40;

/** One run of the timer that fetches from all sources. */
export async function pullAll(ports: WorkerPorts): Promise<void> {
  await pullSources(ports, RUN_IN_SECONDS);
}

/** An operator has what is left fetched at once, although the source may have failed a short time ago. */
export async function pullNow(shared: Shared): Promise<void> {
  const ports = createPorts(shared, { name: 'pull-now', isDead: false });
  const done = (async (): Promise<void> => {
    const { eventSources } = await ports.configuration.load();
    const source = eventSources.find(({ id, isEnabled }) => id === SES_SOURCE && isEnabled);
    const end = addSeconds(ports.now().toISOString(), RUN_IN_SECONDS);
    if (source !== undefined) await pullSource(ports, source, end, true);
  })();
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await done;
}
