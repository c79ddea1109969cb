import type { SourceReaders } from '../sourceEvent.ts';
import { readCloudEvent } from './cloudEvents.ts';
import { readLookout } from './lookout.ts';
import { readSepMobileSiem } from './sepMobileSiem.ts';
import { readSymantecCloud } from './readSymantecCloud.ts';
import { readZimperium } from './zimperium.ts';

/** The reader of each kind of source. */
export const READERS: SourceReaders = {
  cloudEvents: readCloudEvent,
  sepMobileSiem: readSepMobileSiem,
  sesEventExport: readSymantecCloud,
  sesBlob: readSymantecCloud,
  zimperium: readZimperium,
  lookout: readLookout,
};
