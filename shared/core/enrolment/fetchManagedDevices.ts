import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { foldGuid } from '../../base/guid.ts';
import type { GraphAnswer } from '../ports/graph.ts';
import { sendInBatches, requireSuccess } from './callGraph.ts';
import {
  MANAGED_DEVICE_PROPERTIES,
  readManagedDevices,
  type IntuneDevice,
} from './intuneDevice.ts';
import type { SyncRun } from './syncRun.ts';

const MANAGED_DEVICES = '/deviceManagement/managedDevices';
const SELECT = MANAGED_DEVICE_PROPERTIES.join(',');
const MAX_GROUPS = 20;
const NOT_FOUND = 404;

/** The whole device list, in pages of at most 1,000. */
export const DEVICE_LIST = `${MANAGED_DEVICES}?$top=1000&$select=${SELECT}`;
/** The same list with the fewest fields that identify a device. */
export const DEVICE_ID_LIST = `${MANAGED_DEVICES}?$top=1000&$select=id,azureADDeviceId,operatingSystem,osVersion`;

const Values = Compile(Type.Object({ value: Type.Array(Type.Unknown()) }));

/** Intune's answer to a query for single devices. */
export interface FetchedDevices {
  /** The devices that can be enrolled. */
  readonly devices: ReadonlyMap<string, IntuneDevice>;
  /** Devices that Intune does not have. A device that cannot be read is in neither list, and its enrolment stays. */
  readonly missing: readonly string[];
}

/** Asks Intune for each device by its id. @throws as `readPage`. */
export async function fetchManagedDevices(
  run: SyncRun,
  deviceIds: readonly string[],
): Promise<FetchedDevices> {
  const requests = deviceIds.map((deviceId) => ({
    method: 'GET' as const,
    url: `${MANAGED_DEVICES}?$filter=azureADDeviceId eq '${deviceId.replaceAll("'", "''")}'&$select=${SELECT}`,
  }));
  const answers = await sendInBatches(run, requests);
  const values = answers.map((answer) => valuesOf(answer, MANAGED_DEVICES));
  return {
    devices: new Map(readManagedDevices(values.flat()).map((device) => [device.deviceId, device])),
    missing: deviceIds.filter((_, index) => values[index]?.length === 0),
  };
}

/** A member of groups in the directory: a device or its user. */
export interface DirectoryMember {
  readonly kind: 'devices' | 'users';
  readonly id: string;
}

/**
 * The named groups of each member, direct and nested, by the member's id and in small letters. A member that the
 * directory does not have is in no group. @throws as `readPage`.
 */
export async function findGroups(
  run: SyncRun,
  members: readonly DirectoryMember[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { namedGroupIds } = run.state();
  const parts = Array.from({ length: Math.ceil(namedGroupIds.length / MAX_GROUPS) }, (_, part) =>
    namedGroupIds.slice(part * MAX_GROUPS, (part + 1) * MAX_GROUPS),
  );
  const questions = members.flatMap((member) => parts.map((groupIds) => ({ member, groupIds })));
  const answers = await sendInBatches(
    run,
    questions.map(({ member: { kind, id }, groupIds }) => ({
      method: 'POST',
      url: `/${kind}/${encodeURIComponent(id)}/checkMemberGroups`,
      body: { groupIds },
    })),
  );
  const groups = new Map<string, readonly string[]>();
  for (const [index, { member }] of questions.entries()) {
    const answer = answers[index];
    if (answer === undefined || answer.status === NOT_FOUND) continue;
    const groupIds = valuesOf(answer, `/${member.kind}/checkMemberGroups`)
      .filter((value) => typeof value === 'string')
      .map(foldGuid);
    groups.set(member.id, [...(groups.get(member.id) ?? []), ...groupIds]);
  }
  return groups;
}

function valuesOf(answer: GraphAnswer, url: string): readonly unknown[] {
  requireSuccess(answer, url);
  if (Values.Check(answer.body)) return answer.body.value;
  throw new ConnectorError('serviceNotAvailable', `the answer to \`${url}\` is not a list`);
}
