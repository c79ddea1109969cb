import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { requireShape } from '../../base/validation/requireShape.ts';
import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import type { Delivery, EntraTarget } from '../../core/ports/target.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type { Handler } from '../http/handler.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { readJsonObject } from '../http/readBody.ts';
import { recordAudit } from '../http/recordAudit.ts';
import { requireConfigurationRole } from './requireConfigurationRole.ts';

/** One device, or the next hundred after a device id. */
export const EntraAttributesInputSchema = Type.Object(
  {
    deviceId: Type.Optional(DeviceIdSchema),
    after: Type.Optional(Type.String({ maxLength: 255 })),
  },
  { additionalProperties: false },
);
const Input = Compile(EntraAttributesInputSchema);

const PAGE_SIZE = 100;
const TIMEOUT_IN_MILLISECONDS = 60_000;
const DEFAULT_WAIT_IN_SECONDS = 5;

/**
 * Writes the compliance of devices into Entra even if nothing has changed: after the attributes were chosen, or after
 * somebody else overwrote them. Repeating it does no harm. If the reply has `retryAfterInSeconds`, Graph was busy: send
 * the same request again.
 * @throws ConnectorError `itemNotFound` if this system does not write into Entra.
 */
export const writeEntraAttributes: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  rejectUnknownOptions(request, []);
  const { services } = context;
  const { entra } = services;
  if (entra === undefined)
    throw new ConnectorError('itemNotFound', 'this system is not configured to write into Entra');
  const { deviceId, after } = requireShape(
    Input,
    await readJsonObject(request),
    'the body is not valid',
  );
  const deviceIds =
    deviceId === undefined
      ? await services.devices.listManagedIds(after ?? '', PAGE_SIZE)
      : [toDeviceId(deviceId)];
  const last = deviceId === undefined ? deviceIds.at(-1) : undefined;
  const outcome = await writeAll(entra, deviceIds);
  await recordAudit(context, caller, {
    activityType: 'write entraAttributes',
    activityResult: outcome.failed.length === 0 ? 'success' : 'failure',
    resourceType: 'managedDevice',
    resourceId: deviceId ?? `after ${after ?? ''}`,
  });
  return noStore({ status: 200, jsonBody: { ...outcome, ...defined({ after: last }) } });
};

interface Outcome {
  readonly written: number;
  readonly failed: readonly {
    readonly deviceId: string;
    readonly code: string;
    readonly reason: string;
  }[];
  readonly retryAfterInSeconds?: number;
}

async function writeAll(entra: EntraTarget, deviceIds: readonly string[]): Promise<Outcome> {
  const signal = AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS);
  const deliveries = await Promise.all(
    deviceIds.map(async (deviceId) => ({ deviceId, ...(await entra.write(deviceId, signal)) })),
  );
  const failed = deliveries.flatMap((each) => (each.outcome === 'delivered' ? [] : [each]));
  const waits = failed.flatMap((each) => (isBusy(each) ? [waitOf(each)] : []));
  return {
    written: deliveries.length - failed.length,
    failed: failed.map(({ deviceId, code, reason }) => ({ deviceId, code, reason })),
    ...(waits.length === 0 ? {} : { retryAfterInSeconds: Math.max(...waits) }),
  };
}

type Failure = Exclude<Delivery, { readonly outcome: 'delivered' }>;

/** Whether waiting may help. It does not against a missing permission. */
function isBusy({ outcome, code }: Failure): boolean {
  return outcome === 'failed' && /^(http(429|5..)|unreachable|resourceModified)$/.test(code);
}

function waitOf(failure: Failure): number {
  return failure.outcome === 'failed'
    ? (failure.retryAfterInSeconds ?? DEFAULT_WAIT_IN_SECONDS)
    : DEFAULT_WAIT_IN_SECONDS;
}
