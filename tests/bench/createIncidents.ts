/** Incidents in SEP Mobile's form, each of another device. */
export function createIncidents(
  count: number,
  from = 0,
): readonly Readonly<Record<string, unknown>>[] {
  const time = new Date().toISOString();
  return Array.from({ length: count }, (_, at) => ({
    specversion: '1.0',
    id: `event-${String(from + at)}`,
    source: 'https://sepmobile.example',
    type: 'sepmobile.incident.opened',
    time,
    datacontenttype: 'application/json',
    data: {
      deviceId: `device-${String(from + at)}`,
      incidentId: `incident-${String(from + at)}`,
      category: 'application',
      threatType: 'malware',
      severity: 'high',
      detectedDateTime: time,
      title: 'A malicious application was found on the device',
      resource: 'com.example.application',
    },
  }));
}
