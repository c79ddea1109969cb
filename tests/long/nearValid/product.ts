import {
  fromDeviceDocument,
  toDeviceDocument,
} from '../../../shared/adapters/cosmos/deviceDocument.ts';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import type { DateTime } from '../../../shared/base/dateTime.ts';
import type { Log } from '../../../shared/base/log.ts';
import { fromQueueMessage } from '../../../shared/core/devices/fromQueueMessage.ts';
import { recomputeDevice } from '../../../shared/core/devices/recomputeDevice.ts';
import { ingestRequest } from '../../../shared/core/ingest/ingestRequest.ts';
import type { DeviceStore, StoredDevice } from '../../../shared/core/ports/devices.ts';
import { applyAccessPolicies } from '../../../shared/domain/access/applyAccessPolicies.ts';
import type { Configuration } from '../../../shared/domain/compliance/configuration.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceSignal, Signal } from '../../../shared/domain/vocabulary/signal.ts';
import { accessPolicy, withPolicies } from '../../support/accessPolicies.ts';
import { DOORS, type Door } from './reference/reference.ts';

/** The resource that stands behind each door. */
export const RESOURCES = {
  mail: 'exchangeOnline',
  network: 'wifi',
  vault: 'companyApp:vault',
} as const satisfies Record<Door, string>;
export const DOOR_NAMES = Object.keys(RESOURCES) as readonly Door[];

/** The access policies on threats, beside the one that requires a compliant device everywhere. */
export const THREAT_POLICIES = (['network', 'vault'] as const).map((door) =>
  accessPolicy(
    `threats-${door}`,
    {
      applications: { includeApplications: [RESOURCES[door]] },
      deviceThreat: { defences: [...DOORS[door]], minimumLevel: 'low' },
    },
    'block',
  ),
);
/** The configuration while the partner reports. */
function configurationAt(now: DateTime): Configuration {
  const { connector, ...others } = withPolicies(...THREAT_POLICIES);
  return {
    ...others,
    ...(connector && { connector: { ...connector, lastHeartbeatDateTime: now } }),
  };
}

/** Whether each door opens. */
export type Doors = Readonly<Record<Door, boolean>>;

/** What was wrong with the product itself while it took a request. */
export interface Taken {
  readonly problems: readonly string[];
  /** The size of the phone's document. */
  readonly bytes: number;
}

const MAX_RECORD_BYTES = 64 * 1024;
const SILENT: Log = { warn: () => undefined, error: () => undefined };

/** The product's own path from a request to a decision, on this thread: everything but the wire. */
export class Product {
  private readonly documents = new Map<string, { readonly text: string; readonly etag: string }>();
  private writes = 0;
  private readonly phone: string;

  constructor(phone: string) {
    this.phone = phone;
  }

  /** A phone that is enrolled and has reported nothing. */
  async enrol(at: DateTime): Promise<void> {
    const properties = { operatingSystem: 'Android', osVersion: '14' } as const;
    const signal: DeviceSignal = {
      type: 'enrolled',
      signalId: 'enrolment',
      observedDateTime: at,
      receivedDateTime: at,
      deviceId: this.phone,
      properties,
    };
    await this.recompute(this.phone, [signal], at);
  }

  /** A copy that goes its own way. */
  copy(): Product {
    const copy = new (this.constructor as typeof Product)(this.phone);
    for (const [deviceId, document] of this.documents) copy.documents.set(deviceId, document);
    copy.writes = this.writes;
    return copy;
  }

  /** Takes a request, and processes every message that came of it. */
  async take(
    source: 'webhook' | 'telemetry',
    body: string,
    requestId: string,
    at: DateTime,
  ): Promise<Taken> {
    const sent: Signal[] = [];
    const problems: string[] = [];
    try {
      await ingestRequest(toPorts(sent), {
        source,
        body: Buffer.from(body),
        contentType: 'application/json',
        requestId,
        receivedDateTime: at,
      });
    } catch (error) {
      if (!isRefusal(error)) problems.push(`5xx: ${String(error)}`);
    }
    const { signals, unreadable } = overTheWire(this.passOn(sent));
    problems.push(...unreadable);
    for (const [deviceId, each] of signals) {
      try {
        await this.recompute(deviceId, each, at);
      } catch (error) {
        problems.push(`the worker fails: ${String(error)}`);
      }
    }
    const bytes = Buffer.byteLength(this.documents.get(this.phone)?.text ?? '');
    if (bytes > MAX_RECORD_BYTES) problems.push(`the record has ${String(bytes)} bytes`);
    return { problems, bytes };
  }

  /** Which doors open for the phone. */
  ask(at: DateTime): Doors {
    const record = this.load(this.phone)?.record;
    if (record === undefined) return { mail: false, network: false, vault: false };
    const configuration = configurationAt(at);
    const evaluation = evaluateCompliance(record, configuration, at);
    const opens = (door: Door): boolean => {
      const context = { resource: RESOURCES[door], identifiedBy: 'deviceId' } as const;
      return applyAccessPolicies(evaluation, context, configuration, at).decision === 'allow';
    };
    return { mail: opens('mail'), network: opens('network'), vault: opens('vault') };
  }

  /** The signals that reach the worker. A test of the reference loses or changes some. */
  protected passOn(signals: readonly Signal[]): readonly Signal[] {
    return signals;
  }

  private async recompute(
    deviceId: string,
    signals: readonly DeviceSignal[],
    now: DateTime,
  ): Promise<void> {
    const dependencies = {
      devices: this.toStore(),
      announcements: { publish: () => Promise.resolve() },
      log: SILENT,
      random: () => 0,
      pause: () => Promise.resolve(),
    };
    const configuration = configurationAt(now);
    await recomputeDevice(dependencies, { deviceId, signals, configuration, now });
  }

  private toStore(): DeviceStore {
    const load: DeviceStore['load'] = (deviceId) => Promise.resolve(this.load(toKey(deviceId)));
    return {
      load,
      loadForAnswer: load,
      findDeviceIds: () => Promise.resolve({ deviceIds: [], hasMore: false }),
      saveIdentifiers: () => Promise.resolve(),
      save: (record, etag) => {
        const deviceId = toKey(record.device.deviceId);
        if (this.documents.get(deviceId)?.etag !== etag)
          return Promise.resolve('conflict' as const);
        this.writes += 1;
        const saved = { etag: String(this.writes) };
        this.documents.set(deviceId, { text: JSON.stringify(toDeviceDocument(record)), ...saved });
        return Promise.resolve(saved);
      },
    };
  }

  private load(deviceId: string): StoredDevice | undefined {
    const found = this.documents.get(deviceId);
    return (
      found && { record: fromDeviceDocument(JSON.parse(found.text), deviceId), etag: found.etag }
    );
  }
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The database keeps one document for all spellings of a GUID. */
function toKey(deviceId: string): string {
  const bare = deviceId.toLowerCase().replace(/^\{(.*)\}$/, '$1');
  return GUID.test(bare) ? bare : deviceId;
}

function toPorts(sent: Signal[]): Parameters<typeof ingestRequest>[0] {
  return {
    signals: { send: (signals) => Promise.resolve(void sent.push(...signals)) },
    quarantine: {
      store: () => Promise.resolve(),
      list: () => Promise.resolve({ value: [] }) as never,
      load: () => Promise.resolve(undefined),
      remove: () => Promise.resolve(),
    },
    log: SILENT,
  };
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ConnectorError && ['invalidRequest', 'payloadTooLarge'].includes(error.code)
  );
}

/** The signals as the worker reads them from their messages, by device. */
function overTheWire(sent: readonly Signal[]): {
  readonly signals: ReadonlyMap<string, readonly DeviceSignal[]>;
  readonly unreadable: readonly string[];
} {
  const unreadable: string[] = [];
  const readable = sent.flatMap((signal): readonly DeviceSignal[] => {
    const message = JSON.stringify({ attempt: 0, signal });
    const read = fromQueueMessage(JSON.parse(message))?.signal;
    if (read === undefined) unreadable.push(`the worker cannot read ${message.slice(0, 500)}`);
    return read === undefined || read.type === 'connectorHeartbeat' ? [] : [read];
  });
  return { signals: Map.groupBy(readable, ({ deviceId }) => deviceId), unreadable };
}
