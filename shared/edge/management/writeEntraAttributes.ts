import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { rejectUnknownOptions, requireConfigurationRole } from './manageDocuments.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/handler.ts';
import { toActor } from '../http/toActor.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { DeviceIdSchema } from '../../core/schemas/schemas.ts';
import type { Delivery, EntraTarget } from '../../core/ports/target.ts';

/** One device, or the next hundred. */
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
 * Writes into Entra what devices are, whether they have anything to tell or not: when the attributes were just chosen, or
 * somebody else has written over them. Safe to repeat. With `retryAfterInSeconds` where Graph has no time: the same again.
 * @throws ConnectorError `itemNotFound` where this system writes nothing there.
 */
export async function writeEntraAttributes(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services, requestId } = context;
  const { entra } = services;
  if (entra === undefined)
    throw new ConnectorError('itemNotFound', 'this system is not configured to write into Entra');
  const { deviceId, after } = readInput(await readJsonObject(request));
  const deviceIds =
    deviceId === undefined
      ? await services.devices.listManagedIds(after ?? '', PAGE_SIZE)
      : [deviceId];
  const last = deviceId === undefined ? deviceIds.at(-1) : undefined;
  const outcome = await writeAll(entra, deviceIds);
  await services.audit.record({
    id: requestId,
    activityDateTime: services.now().toISOString(),
    activityType: 'write entraAttributes',
    activityResult: outcome.failed.length === 0 ? 'success' : 'failure',
    actor: toActor(caller),
    resourceType: 'managedDevice',
    resourceId: deviceId ?? `after ${after ?? ''}`,
  });
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: { ...outcome, ...(last === undefined ? {} : { after: last }) },
  };
}

function readInput(value: unknown): { readonly deviceId?: string; readonly after?: string } {
  const checked = checkShape(Input, value);
  if (checked.ok) return checked.value;
  throw new ConnectorError('invalidRequest', 'the body is not valid', {
    details: checked.problems,
  });
}

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

/** What waiting may help against; a permission that is missing is not. */
function isBusy({ outcome, code }: Failure): boolean {
  return outcome === 'failed' && /^(http(429|5..)|unreachable|resourceModified)$/.test(code);
}

function waitOf(failure: Failure): number {
  return failure.outcome === 'failed'
    ? (failure.retryAfterInSeconds ?? DEFAULT_WAIT_IN_SECONDS)
    : DEFAULT_WAIT_IN_SECONDS;
}
