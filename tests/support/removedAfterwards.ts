import { afterAll } from 'vitest';
import type { TestStack } from './testStack.ts';

/**
 * A function that notes a device of the file, and returns its id. After the file the device is removed: without the event
 * sources of the file its stored state is not its state any more, which lists of other files would show.
 */
export function removedAfterwards(system: TestStack): (deviceId: string) => string {
  const deviceIds: string[] = [];
  afterAll(async () => {
    for (const deviceId of deviceIds)
      await system.client.request('DELETE', `deviceManagement/managedDevices/${deviceId}`, {
        as: 'admin',
      });
  });
  return (deviceId) => {
    deviceIds.push(deviceId);
    return deviceId;
  };
}
