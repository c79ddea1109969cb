import { INCIDENT_SEVERITIES, RISK_LEVELS } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import { rowsOf, type MappingTable } from './mappingTable.ts';

const ELASTIC = 'elastic/integrations, packages/symantec_endpoint_security, value lists';
const INFERRED =
  'the number is listed in elastic/integrations; which of them a phone uses is not public';

/** What the type of an event says. */
export const SYMANTEC_EVENTS = [
  'detection',
  'fileDetection',
  'networkDetection',
  'incidentOpen',
  'incidentUpdate',
  'incidentClosed',
  'incidentPart',
  'compliance',
  'assessment',
  'signOfLife',
  'change',
  'nothing',
] as const;
export type SymantecEvent = (typeof SYMANTEC_EVENTS)[number];

/**
 * The events of Symantec Endpoint Security (Integrated Cyber Defense schema), from the event export and from event
 * streaming.
 */
export const SYMANTEC_CLOUD: MappingTable = {
  kind: 'sesEventExport',
  version: 2,
  fields: {
    device_os_type_id: ['phone', 'other'],
    type_id: SYMANTEC_EVENTS,
    category_id: ['security', 'other'],
    severity_id: [...INCIDENT_SEVERITIES, 'none'],
    status_id: ['success', 'failure', 'unknown'],
    'threat.type_id': THREAT_TYPES,
    id: ['removed', 'remains'],
    state_id: ['open', 'resolved'],
    curr_security_level_id: [...RISK_LEVELS, 'compromised', 'nothing'],
  },
  rows: [
    ...rowsOf('device_os_type_id', ELASTIC, {
      '500': 'phone',
      '501': 'phone',
      '503': 'phone',
      '100': 'other',
      '200': 'other',
      '300': 'other',
      '301': 'other',
      '302': 'other',
      '400': 'other',
      '502': 'other',
      ios: 'phone',
      android: 'phone',
      ipados: 'phone',
      windows: 'other',
      linux: 'other',
      macintosh: 'other',
      macos: 'other',
    }),
    ...rowsOf('type_id', INFERRED, {
      '8025': 'detection',
      '8026': 'detection',
      '8027': 'detection',
      '8028': 'detection',
      '8030': 'detection',
      '8031': 'fileDetection',
      '8032': 'detection',
      '8033': 'detection',
      '8038': 'detection',
      '8040': 'networkDetection',
      '8061': 'change',
      '8070': 'compliance',
      '8071': 'compliance',
      '8020': 'assessment',
      '1000': 'signOfLife',
      '2': 'signOfLife',
      '3': 'signOfLife',
      '4': 'nothing',
      '20': 'nothing',
      '21': 'nothing',
      '22': 'nothing',
    }),
    ...rowsOf('type_id', `${ELASTIC}; data_stream/incident`, {
      '8075': 'incidentOpen',
      '8076': 'incidentUpdate',
      '8077': 'incidentClosed',
      '8078': 'incidentPart',
    }),
    // Unknown, new, in progress, on hold, resolved, closed.
    ...rowsOf('state_id', `${ELASTIC}; data_stream/incident`, {
      '0': 'open',
      '1': 'open',
      '2': 'open',
      '3': 'open',
      '4': 'resolved',
      '5': 'resolved',
    }),
    // Unknown, secure, at risk, compromised.
    ...rowsOf('curr_security_level_id', ELASTIC, {
      '0': 'high',
      '1': 'minimal',
      '2': 'medium',
      '3': 'compromised',
    }),
    ...rowsOf('category_id', ELASTIC, {
      '1': 'security',
      '2': 'other',
      '3': 'other',
      '4': 'other',
      '5': 'other',
      '6': 'other',
    }),
    // Unknown, informational, warning, minor, major, critical, fatal.
    ...rowsOf('severity_id', ELASTIC, {
      '0': 'high',
      '1': 'none',
      '2': 'low',
      '3': 'medium',
      '4': 'high',
      '5': 'high',
      '6': 'high',
    }),
    ...rowsOf('status_id', ELASTIC, {
      '0': 'unknown',
      '1': 'success',
      '2': 'failure',
      '3': 'unknown',
      '4': 'unknown',
    }),
    ...rowsOf('threat.type_id', ELASTIC, {
      '1': 'malware',
      '2': 'suspiciousApp',
      '3': 'unwantedApp',
      '4': 'exploitAttempt',
      '5': 'suspiciousApp',
      '6': 'suspiciousApp',
    }),
    ...rowsOf('id', 'demisto/content and elastic/integrations: outcome of a detection', {
      '1': 'removed',
      '5': 'removed',
      '6': 'removed',
      '7': 'removed',
      '11': 'removed',
      '12': 'removed',
      '15': 'removed',
      '0': 'remains',
      '2': 'remains',
      '3': 'remains',
      '4': 'remains',
      '8': 'remains',
      '13': 'remains',
      '14': 'remains',
      '16': 'remains',
    }),
  ],
};
