/**
 * The data of a report, with a device id without blanks around it. A valid id has none, so with them the report would be
 * about no device, and bad news in it would not count.
 */
export function withTrimmedDeviceId<T extends Readonly<Record<string, unknown>>>(data: T): T {
  const { deviceId } = data;
  return typeof deviceId === 'string' ? { ...data, deviceId: deviceId.trim() } : data;
}
