import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../../base/connectorError.ts';
import type { Identification } from '../../../domain/vocabulary/identification.ts';
import type { HttpRequest } from '../../http/http.ts';
import { invalidOption } from '../../http/queryOptions.ts';
import { checkShape } from '../../../base/validation/checkShape.ts';
import { DeviceIdSchema, IdSchema } from '../../../core/schemas/schemas.ts';
import type { AskedDevice } from '../../../core/decisions/deviceIdentification.ts';

/** How many devices one answer holds at most; what Intune's service tells a Cisco ISE. */
export const MAX_NAC_DEVICES = 100;

/** What a network access control asks about. */
export type NacQuery =
  | { readonly kind: 'devices'; readonly devices: readonly AskedDevice[] }
  | { readonly kind: 'user'; readonly userPrincipalName: string }
  /** A page, from 0, of everything that is not compliant. */
  | { readonly kind: 'noncompliant'; readonly page: number };

/** `none`: a MEID is the number of a CDMA phone, and no device is enrolled with one. */
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

const MacAddressSchema = Type.String({ pattern: '^[0-9A-Fa-f]{2}([:.-]?[0-9A-Fa-f]{2}){5}$' });
const DeviceId = Compile(DeviceIdSchema);
const MacAddress = Compile(MacAddressSchema);
const Id = Compile(IdSchema);

/** What the query string asks. @throws ConnectorError `invalidRequest` naming the parameter and what is allowed. */
export function fromNacQuery({ query }: HttpRequest): NacQuery {
  const criterion = readCriterion(query, OTHER_CRITERIA);
  const value = query.get('value');
  if (value === null || value === '') throw invalidOption('value', 'is required');
  if (criterion === 'username') return { kind: 'user', userPrincipalName: value };
  if (criterion === 'compliance') {
    if (value !== 'false')
      throw invalidOption('value', 'must be `false`: only who is not is listed');
    return { kind: 'noncompliant', page: readPage(query.get('paging')) };
  }
  return { kind: 'devices', devices: toAskedDevices(criterion, [value], () => 'value') };
}

/**
 * What the query string asks of many devices at once, which the body names.
 * @throws ConnectorError `invalidRequest` naming what is wrong; none is answered then.
 */
export function fromNacBatch(
  { query }: HttpRequest,
  readValues: (criterion: string) => readonly string[],
): NacQuery {
  const criterion = readCriterion(query, []);
  const values = [...new Set(readValues(criterion))];
  if (values.length === 0 || values.length > MAX_NAC_DEVICES) {
    throw new ConnectorError(
      'invalidRequest',
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
  if (paging !== null && !/^\d{1,6}$/.test(paging))
    throw invalidOption('paging', 'must be `0`, or what the page before said');
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
  if (details.length > 0) {
    throw new ConnectorError('invalidRequest', `\`${criterion}\` has a value that is not valid`, {
      details,
    });
  }
  if (identifiedBy === undefined || identifiedBy === 'none') return [];
  return values.map((value) => ({ identifiedBy, value }));
}

function validatorOf(identifiedBy: Identification | 'none' | undefined): typeof Id {
  if (identifiedBy === 'wiFiMacAddress') return MacAddress;
  return identifiedBy === 'deviceId' ? DeviceId : Id;
}
