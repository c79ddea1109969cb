import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { RESOURCE_PATTERN, type Resource } from '../../domain/access/accessContext.ts';
import { checkShape, type Checked } from '../../base/validation/checkShape.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { requireShape } from '../../base/validation/requireShape.ts';
import { parseJson } from '../ingest/readItems.ts';
import {
  AMBIGUOUS_DEVICE,
  DeviceIdentificationSchema,
  fromDeviceIdentification,
  type AskedDevice,
} from './deviceIdentification.ts';

export const MAX_DECISIONS = 100;

/** Whether a device, used by a user if the caller knows one, may reach a resource. */
export interface AccessRequest {
  readonly device: AskedDevice;
  readonly resource: Resource;
  readonly userPrincipalName?: string;
}

export const ResourceSchema = Type.String({ pattern: RESOURCE_PATTERN });

export const AccessRequestSchema = Type.Object({
  device: DeviceIdentificationSchema,
  resource: ResourceSchema,
  userPrincipalName: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
});
const AccessRequests = Compile(AccessRequestSchema);

/**
 * The requests in a body. `isBatch` if they came as an array; the answer is then an array too.
 * @throws ConnectorError `invalidRequest`, naming each invalid field. One invalid request rejects the whole batch.
 */
export function fromAccessRequestBody(body: Uint8Array): {
  readonly requests: readonly AccessRequest[];
  readonly isBatch: boolean;
} {
  const value = parseJson(body);
  const isBatch = Array.isArray(value);
  const items: readonly unknown[] = isBatch ? value : [value];
  if (items.length === 0 || items.length > MAX_DECISIONS) {
    throw new ConnectorError(
      'invalidRequest',
      `the body holds ${String(items.length)} requests; 1 to ${String(MAX_DECISIONS)} are allowed`,
    );
  }
  const checked = items.map(fromAccessRequest);
  const details = checked.flatMap((item, index) =>
    item.ok
      ? []
      : item.problems.map(({ path, message }) => ({
          path: isBatch ? `/${String(index)}${path}` : path,
          message,
        })),
  );
  if (details.length > 0) {
    throw invalidRequest('the access request is not valid', ...details);
  }
  return { requests: checked.flatMap((item) => (item.ok ? [item.value] : [])), isBatch };
}

function fromAccessRequest(item: unknown): Checked<AccessRequest> {
  const checked = checkShape(AccessRequests, item);
  if (!checked.ok) return checked;
  const device = fromDeviceIdentification(checked.value.device);
  return device === undefined
    ? { ok: false, problems: [{ path: '/device', message: AMBIGUOUS_DEVICE }] }
    : {
        ok: true,
        value: { ...checked.value, device, resource: checked.value.resource as Resource },
      };
}

const ResourceOfRoute = Compile(Type.Object({ resource: ResourceSchema }));

/** The resource in a route. @throws ConnectorError `invalidRequest`, naming the known resources. */
export function requireResource(resource: string | undefined): Resource {
  const checked = requireShape(ResourceOfRoute, { resource }, 'the resource is not valid');
  return checked.resource as Resource;
}
