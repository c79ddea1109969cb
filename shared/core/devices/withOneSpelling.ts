import { defined } from '../../base/defined.ts';
import { foldGuid } from '../../base/guid.ts';
import { toMacAddress } from '../../base/macAddress.ts';
import type { ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';

/**
 * The properties with each id and address in the one spelling in which it is stored. Names keep theirs, because people
 * read them. An unreadable MAC address is returned unchanged.
 */
export function withOneSpelling(properties: ManagedDeviceProperties): ManagedDeviceProperties {
  const { userId, groupIds, partlyKnownGroups: partly, wiFiMacAddress: mac } = properties;
  return {
    ...properties,
    ...defined({
      userId: userId === undefined ? undefined : foldGuid(userId),
      groupIds: groupIds && foldAll(groupIds),
      partlyKnownGroups: partly && {
        memberOf: foldAll(partly.memberOf),
        unknown: foldAll(partly.unknown),
      },
      wiFiMacAddress: mac === undefined ? undefined : (toMacAddress(mac) ?? mac),
    }),
  };
}

function foldAll(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map(foldGuid))];
}
