import type { BlockList } from 'node:net';
import { toBlockList } from '../base/network/allowedAddress.ts';
import { invalid, readWords, type Environment } from './readSetting.ts';

/** Networks, each as `address/prefix`; none if the setting is empty. */
export function readNetworks(environment: Environment, name: string): BlockList {
  try {
    return toBlockList(readWords(environment, name));
  } catch {
    throw invalid(name, 'networks such as `10.1.0.0/16`, separated by spaces');
  }
}
