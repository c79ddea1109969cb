import { Type } from 'typebox';
import { MAC_ADDRESS_PATTERN } from '../../base/macAddress.ts';
import { OPERATING_SYSTEMS, OWNER_TYPES } from '../../domain/vocabulary/signal.ts';
import { IdSchema, NameSchema, TextSchema } from './commonSchemas.ts';

const MAX_GROUPS = 1000;

const Groups = Type.Array(IdSchema, { maxItems: MAX_GROUPS });
const text = Type.Optional(TextSchema);

/** The version of the SEP Mobile app. */
export const AppVersionSchema = TextSchema;

/** The body of `PUT managedDevices`, by Graph's names for a `managedDevice`. */
export const ManagedDevicePropertiesSchema = Type.Object({
  operatingSystem: Type.Enum(OPERATING_SYSTEMS),
  osVersion: NameSchema,
  deviceName: text,
  userPrincipalName: text,
  userId: text,
  serialNumber: Type.Optional(IdSchema),
  udid: Type.Optional(IdSchema),
  imei: Type.Optional(IdSchema),
  wiFiMacAddress: Type.Optional(Type.String({ pattern: MAC_ADDRESS_PATTERN })),
  managedDeviceOwnerType: Type.Optional(Type.Enum(OWNER_TYPES)),
  groupIds: Type.Optional(Groups),
});

/** The properties as they are stored. The enrolment from Graph adds what it does not know. */
export const StoredManagedDevicePropertiesSchema = Type.Interface([ManagedDevicePropertiesSchema], {
  partlyKnownGroups: Type.Optional(
    Type.Object({ memberOf: Type.Array(IdSchema), unknown: Type.Array(IdSchema) }),
  ),
});
