import { Type, type Static } from 'typebox';
import { readManagedDevice, readManagedDevices } from './intuneDevice.ts';

/** How many of Intune's devices were enrolled without a property, or not at all. */
export const TakenInPartSchema = Type.Object({
  /** Enrolled, but without the properties that cannot be read, or with an unknown version. */
  partialDeviceCount: Type.Integer(),
  /** Not enrolled, because their ids or their platform cannot be read. */
  unreadableDeviceCount: Type.Integer(),
  /** Not enrolled, because Entra does not know them. */
  notInEntraDeviceCount: Type.Integer(),
});
export type TakenInPart = Static<typeof TakenInPartSchema>;

export const NOTHING_TAKEN_IN_PART: TakenInPart = {
  partialDeviceCount: 0,
  unreadableDeviceCount: 0,
  notInEntraDeviceCount: 0,
};

/** The counts with a page of Intune's list added. */
export function addPage(counts: TakenInPart, values: readonly unknown[]): TakenInPart {
  const read = values.map(readManagedDevice);
  const partial = readManagedDevices(values).filter(({ leftOut }) => leftOut.length > 0);
  return {
    partialDeviceCount: counts.partialDeviceCount + partial.length,
    unreadableDeviceCount:
      counts.unreadableDeviceCount + read.filter((each) => each === 'unreadable').length,
    notInEntraDeviceCount:
      counts.notInEntraDeviceCount + read.filter((each) => each === 'notInEntra').length,
  };
}
