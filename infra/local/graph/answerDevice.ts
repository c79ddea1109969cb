import type { Directory } from './directory.ts';
import { keyOf } from './groups.ts';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, notFound, type GraphReply, type GraphRequest } from './graphReply.ts';

const ATTRIBUTE = /^extensionAttribute([1-9]|1[0-5])$/;
const MAX_ATTRIBUTE_LENGTH = 1024;
const MAX_GROUPS = 20;

/** `GET` and `PATCH` of `devices/{id}` and `devices(deviceId='…')`. `PATCH` changes only `extensionAttributes`. */
export function answerDevice(
  directory: Directory,
  { method, path, body }: GraphRequest,
): GraphReply {
  const device = findDevice(directory, path);
  if (method === 'GET') return { status: 200, body: device };
  const attributes = isJsonObject(body) ? body['extensionAttributes'] : undefined;
  if (!isJsonObject(attributes)) throw badRequest('extensionAttributes must be an object');
  for (const [name, value] of Object.entries(attributes)) {
    const isText = typeof value === 'string' && value.length <= MAX_ATTRIBUTE_LENGTH;
    if (!ATTRIBUTE.test(name) || !(isText || value === null))
      throw badRequest(`Invalid value specified for property '${name}' of resource 'Device'.`);
  }
  const known = device['extensionAttributes'] as JsonObject | undefined;
  directory.devices.put(String(device['id']), {
    extensionAttributes: { ...known, ...attributes },
  });
  return { status: 204 };
}

function findDevice(
  directory: Directory,
  [first = '', second = '']: readonly string[],
): JsonObject {
  const deviceId = /^devices\(deviceId='([^']*)'\)$/.exec(first)?.[1];
  const device =
    deviceId === undefined ? directory.devices.get(second) : directory.findDevice(deviceId);
  if (device === undefined) throw notFound(deviceId ?? second);
  return device;
}

/**
 * `POST {users|devices}/{id}/checkMemberGroups`: those of the given groups that the object is a member of, directly or
 * not.
 */
export function answerMemberGroups(directory: Directory, { path, body }: GraphRequest): GraphReply {
  const [, id = ''] = path;
  const groupIds = isJsonObject(body) ? body['groupIds'] : undefined;
  if (!Array.isArray(groupIds) || groupIds.length > MAX_GROUPS)
    throw badRequest(`groupIds must be an array of at most ${String(MAX_GROUPS)}`);
  if (path[0] === 'devices' && directory.devices.get(id) === undefined) throw notFound(id);
  const value = groupIds.filter((groupId) => hasMember(directory, String(groupId), id));
  return { status: 200, body: { value } };
}

function hasMember(directory: Directory, groupId: string, id: string): boolean {
  const members = [...(directory.transitiveMembers(groupId)?.keys() ?? [])];
  return members.some((member) => keyOf(member) === keyOf(id));
}
