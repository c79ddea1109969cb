/** Words for one field of our events, as vendors of mobile threat defence and their receivers really write them. */
interface VendorWords {
  /** The field of our events in which a vendor would put them. */
  readonly field: string;
  readonly words: readonly (string | number | boolean)[];
  /** The public text that has them. */
  readonly source: string;
}

const SEKOIA = 'SEKOIA-IO/automation-library, connector of Check Point Harmony Mobile';
const ICD_SCHEMA = 'elastic/integrations packages/symantec_endpoint_security, ICD schema';
const LOOKOUT = 'Azure/Azure-Sentinel Solutions/Lookout/V2_FIELD_MAPPING.md';
const ZIMPERIUM = 'SumoLogic/sumologic-documentation docs/integrations/saas-cloud/zimperium.md';
const SEP_MOBILE =
  'ExabeamLabs/Content-Doc DataSources/Symantec/Symantec_Endpoint_Protection_Mobile';
const GRAPH_ALERT = 'Microsoft Graph resource type alert (security alerts_v2)';
const JAMF = 'developer.jamf.com data streams, threat events';

/** Words that near-valid events use in place of our own. */
const VENDOR_WORDS: readonly VendorWords[] = [
  { field: 'severity', words: ['hidden', 'low', 'important', 'critical', 0, 3], source: ZIMPERIUM },
  { field: 'severity', words: ['Critical', 'Warning', 'Information'], source: SEKOIA },
  { field: 'severity', words: ['LOW', 'MEDIUM', 'HIGH'], source: LOOKOUT },
  { field: 'severity', words: [0, 1, 2, 3, 4, 5, 6, 'fatal', 'informational'], source: ICD_SCHEMA },
  { field: 'severity', words: ['informational', 'unknown'], source: GRAPH_ALERT },
  { field: 'severity', words: [7, 10, '8'], source: JAMF },
  {
    field: 'riskLevel',
    words: ['SECURE', 'THREATS_LOW', 'THREATS_MEDIUM', 'THREATS_HIGH'],
    source: LOOKOUT,
  },
  { field: 'riskLevel', words: ['SECURE', 'LOW', 'MEDIUM', 'HIGH'], source: JAMF },
  { field: 'riskLevel', words: [0, 1, 2, 3], source: ZIMPERIUM },
  { field: 'riskLevel', words: ['none', 'informational', 'unknown'], source: GRAPH_ALERT },
  { field: 'healthState', words: ['Compliant', 'Noncompliant', 'Inactive'], source: SEKOIA },
  { field: 'healthState', words: ['DeviceCompromised', 'VulnerableOs'], source: SEP_MOBILE },
  {
    field: 'category',
    words: ['Malware', 'UnwantedApp', 'Network', 'DeviceCompromised', 'VulnerableOs'],
    source: SEP_MOBILE,
  },
  {
    field: 'category',
    words: ['Application', 'Cellular', 'Device', 'Network Security', 'OS Exploits', 'WiFi'],
    source: SEKOIA,
  },
  { field: 'category', words: [1, 2, 3, 4, 5, 6], source: ICD_SCHEMA },
  { field: 'verdict', words: ['Malware', 'UnwantedApp'], source: SEP_MOBILE },
  { field: 'verdict', words: [0, 100, 200, 300, 400, 500], source: ICD_SCHEMA },
  { field: 'verdict', words: ['malicious', 'suspicious', 'noThreatsFound'], source: GRAPH_ALERT },
  {
    field: 'type',
    words: ['Detected', 'Ended', 'Installed', 'Removed', 'Blocked', 'Active'],
    source: SEKOIA,
  },
  {
    field: 'type',
    words: ['Malware', 'UnwantedApp', 'Network', 'VulnerableOs'],
    source: SEP_MOBILE,
  },
  { field: 'type', words: ['DEVICE', 'THREAT', 'SMISHING_ALERT', 'AUDIT'], source: LOOKOUT },
  { field: 'type', words: [8031, 8040, 8061, 8075, 8076, 8077], source: ICD_SCHEMA },
  { field: 'time', words: ['2026-01-01T12:00:00.000+0000'], source: SEP_MOBILE },
  { field: 'time', words: ['2026-01-01 12:00:00.000 +0000'], source: SEP_MOBILE },
  { field: 'time', words: ['01 01 2026 12:00:00 UTC'], source: ZIMPERIUM },
  { field: 'time', words: ['No data', '1/1/2026'], source: SEKOIA },
  { field: 'time', words: [1_767_268_800_000], source: ICD_SCHEMA },
];

/** The vendors' words for `field`; none if no vendor has a word for it. */
export function vendorWordsFor(field: string): readonly VendorWords['words'][number][] {
  return VENDOR_WORDS.filter((each) => each.field === field).flatMap(({ words }) => words);
}
