import { defined } from '../../base/defined.ts';
import type { DeviceSignal, UndirectedSignal } from '../../domain/vocabulary/signal.ts';

/** The signal for the device that it was found to be about. Signals of the source `default` name no source. */
export function directSignal(
  signal: UndirectedSignal,
  deviceId: string,
  sourceId: string | undefined,
): DeviceSignal {
  return { ...signal, deviceId, ...defined({ sourceId }) };
}
