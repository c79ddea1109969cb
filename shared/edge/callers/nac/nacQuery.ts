import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { MAC_ADDRESS_PATTERN } from '../../../base/macAddress.ts';
import { checkShape } from '../../../base/validation/checkShape.ts';
import { invalidRequest } from '../../../base/validation/invalidRequest.ts';
import { toAskedDevice, type AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import { DeviceIdSchema, IdSchema } from '../../../core/schemas/commonSchemas.ts';
import type { Identification } from '../../../domain/vocabulary/identification.ts';
import type { HttpRequest } from '../../http/http.ts';
import { invalidOption } from '../../http/queryOptions.ts';

/**
 * Intune NAC and Cisco ISE: the most devices in one answer, the limit that Intune's service announces to a Cisco ISE.
 */
export const MAX_NAC_DEVICES = 100;

/** The subject of a query. */
export type NacQuery =
  | { readonly kind: 'devices'; readonly devices: readonly AskedDevice[] }
  | { readonly kind: 'user'; readonly userPrincipalName: string }
  /** A page of all noncompliant devices: 0, or the number that the page before named. */
  | { readonly kind: 'noncompliant'; readonly page: number };

/** `none` matches no device: a MEID is the number of a CDMA phone, and no device is enrolled with one. */
const DEVICE_CRITERIA: ReadonlyMap<string, Identification | 'none'> = new Map([
  ['macaddress', 'wiFiMacAddress'],
  ['guid', 'deviceId'],
  ['deviceid', 'deviceId'],
  ['serialnumber', 'serialNumber'],
  ['udid', 'udid'],
  ['imei', 'imei'],
  ['meid', 'none'],
]);
const OTHER_CRITERIA = ['username', 'compliance'];
export const NAC_CRITERIA: readonly string[] = [...DEVICE_CRITERIA.keys(), ...OTHER_CRITERIA];

/** The page of a listing, in words for error messages. */
export const PAGING_IN_WORDS = 'must be `0`, or the number that the page before named';

const DeviceId = Compile(DeviceIdSchema);
const MacAddress = Compile(Type.String({ pattern: MAC_ADDRESS_PATTERN }));
const Id = Compile(IdSchema);

/** The query in a query string. @throws ConnectorError `invalidRequest` naming the parameter and what is allowed. */
export function fromNacQuery({ query }: HttpRequest): NacQuery {
  const criterion = readCriterion(query, OTHER_CRITERIA);
  const value = query.get('value');
  if (value === null || value === '') throw invalidOption('value', 'is required');
  if (criterion === 'username') return { kind: 'user', userPrincipalName: value };
  if (criterion === 'compliance') {
    if (value !== 'false')
      throw invalidOption('value', 'must be `false`; only noncompliant devices can be listed');
    return { kind: 'noncompliant', page: readPage(query.get('paging')) };
  }
  return { kind: 'devices', devices: toAskedDevices(criterion, [value], () => 'value') };
}

/**
 * The query for many devices at once: the criterion is in the query string, the values in the body.
 * @throws ConnectorError `invalidRequest` naming what is wrong. There is no partial answer.
 */
export function fromNacBatch(
  { query }: HttpRequest,
  readValues: (criterion: string) => readonly string[],
): NacQuery {
  const criterion = readCriterion(query, []);
  const values = [...new Set(readValues(criterion))];
  if (values.length === 0 || values.length > MAX_NAC_DEVICES) {
    throw invalidRequest(
      `the body names ${String(values.length)} devices, 1 to ${String(MAX_NAC_DEVICES)} are allowed`,
    );
  }
  const devices = toAskedDevices(criterion, values, (at) => `/${String(at)}`);
  return { kind: 'devices', devices };
}

function readCriterion(query: HttpRequest['query'], others: readonly string[]): string {
  const criterion = query.get('querycriteria')?.toLowerCase() ?? '';
  if (DEVICE_CRITERIA.has(criterion) || others.includes(criterion)) return criterion;
  const allowed = [...DEVICE_CRITERIA.keys(), ...others].map((each) => `\`${each}\``).join(', ');
  throw invalidOption('querycriteria', `must be one of ${allowed}`);
}

function readPage(paging: string | null): number {
  if (paging !== null && !/^\d{1,10}$/.test(paging)) throw invalidOption('paging', PAGING_IN_WORDS);
  return Number(paging ?? '0');
}

function toAskedDevices(
  criterion: string,
  values: readonly string[],
  pathOf: (at: number) => string,
): readonly AskedDevice[] {
  const identifiedBy = DEVICE_CRITERIA.get(criterion);
  const details = values.flatMap((value, at) => {
    const checked = checkShape(validatorOf(identifiedBy), value);
    return checked.ok ? [] : checked.problems.map(({ message }) => ({ path: pathOf(at), message }));
  });
  if (details.length > 0)
    throw invalidRequest(`\`${criterion}\` has a value that is not valid`, ...details);
  if (identifiedBy === undefined || identifiedBy === 'none') return [];
  return values.map((value) => toAskedDevice(identifiedBy, value));
}

function validatorOf(identifiedBy: Identification | 'none' | undefined): typeof Id {
  if (identifiedBy === 'wiFiMacAddress') return MacAddress;
  return identifiedBy === 'deviceId' ? DeviceId : Id;
}
