import type { EventSourceKind } from '../../../domain/vocabulary/eventSource.ts';
import { CLOUD_EVENTS } from './cloudEvents.ts';
import { LOOKOUT } from './lookout.ts';
import type { MappingTable } from './mappingTable.ts';
import { SEP_MOBILE_SIEM } from './sepMobileSiem.ts';
import { SYMANTEC_CLOUD } from './symantecCloud.ts';
import { ZIMPERIUM } from './zimperium.ts';

/** The table of each kind of source. */
export const MAPPINGS: Readonly<Record<EventSourceKind, MappingTable>> = {
  cloudEvents: CLOUD_EVENTS,
  sepMobileSiem: SEP_MOBILE_SIEM,
  sesEventExport: SYMANTEC_CLOUD,
  sesBlob: { ...SYMANTEC_CLOUD, kind: 'sesBlob' },
  zimperium: ZIMPERIUM,
  lookout: LOOKOUT,
};
