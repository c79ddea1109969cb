import { isTransient } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { isGuid } from '../../base/guid.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type { DeviceReader } from '../../core/ports/devices.ts';
import type { Graph, GraphAnswer } from '../../core/ports/graph.ts';
import type { Delivery, EntraTarget } from '../../core/ports/target.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import type { EntraAttributes } from '../../settings/readGraph.ts';
import { collectRequests, type SendCollected } from './collectRequests.ts';

const MAX_WRITES = 3;

export interface EntraDependencies {
  readonly graph: Graph;
  readonly attributes: EntraAttributes;
  readonly devices: Pick<DeviceReader, 'load'>;
}

/**
 * Microsoft Entra ID as a target (`PATCH /devices(deviceId='…')`). For each transition it writes the current state of
 * the device into its `extensionAttributes`, which Conditional Access filters read. It writes the current state and not
 * the state in the transition, so a late delivery cannot undo a newer one. A device that Entra does not know counts as
 * delivered, because no policy reads it. A notice is for people, so nothing is written.
 */
export function createEntraTarget({ graph, attributes, devices }: EntraDependencies): EntraTarget {
  const send = collectRequests(graph);
  const target: EntraTarget = {
    id: 'entra',
    isPaused: false,
    deliver: ({ type, deviceId }, signal) =>
      type === 'notice'
        ? Promise.resolve({ outcome: 'delivered' })
        : target.write(deviceId, signal),
    async write(spelledId, signal) {
      const deviceId = toDeviceId(spelledId);
      // Entra rejects a request about a device id that is no GUID.
      if (!isGuid(deviceId)) return { outcome: 'delivered' };
      const read = async (): Promise<Values> =>
        toValues(attributes, (await devices.load(deviceId))?.record);
      try {
        return await writeUntilCurrent(send, deviceId, read, signal);
      } catch (error) {
        if (!isTransient(error)) throw error;
        return { outcome: 'failed', code: 'unreachable', reason: String(error) };
      }
    },
  };
  return target;
}

type Values = Readonly<Record<string, string>>;

function toValues({ compliance, risk }: EntraAttributes, record: DeviceRecord | undefined): Values {
  const { complianceState = 'unknown', partnerReportedThreatState = 'unknown' } =
    record?.evaluation ?? {};
  return {
    ...(compliance === undefined ? {} : { [compliance]: complianceState }),
    ...(risk === undefined ? {} : { [risk]: partnerReportedThreatState }),
  };
}

/** Another worker may write a newer state at the same time, so each worker reads again after its write. */
async function writeUntilCurrent(
  send: SendCollected,
  deviceId: string,
  read: () => Promise<Values>,
  signal: AbortSignal,
): Promise<Delivery> {
  let values = await read();
  for (let write = 0; write < MAX_WRITES; write += 1) {
    const answer = await send(toPatch(deviceId, values), signal);
    if (answer.status !== 204) return toDelivery(answer);
    const current = await read();
    if (JSON.stringify(current) === JSON.stringify(values)) return { outcome: 'delivered' };
    values = current;
  }
  return {
    outcome: 'failed',
    code: 'resourceModified',
    reason: 'the device changed during each write',
  };
}

function toPatch(deviceId: string, extensionAttributes: Values): Parameters<SendCollected>[0] {
  const quoted = encodeURIComponent(deviceId.replaceAll("'", "''"));
  return {
    method: 'PATCH',
    url: `/devices(deviceId='${quoted}')`,
    body: { extensionAttributes },
  };
}

const NOT_FOUND = 404;
const BAD_REQUEST = 400;

function toDelivery({ status, code, retryAfterInSeconds }: GraphAnswer): Delivery {
  if (status === NOT_FOUND) return { outcome: 'delivered' };
  const failure = {
    code: `http${String(status)}`,
    reason: `Graph answered ${String(status)} ${code}`,
  };
  if (status === BAD_REQUEST) return { outcome: 'refused', ...failure };
  return {
    outcome: 'failed',
    ...failure,
    ...defined({ retryAfterInSeconds }),
  };
}
