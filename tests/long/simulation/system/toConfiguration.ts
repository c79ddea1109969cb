import { fromConfigurationDocuments } from '../../../../shared/core/configuration/configurationDocuments.ts';
import type { Configuration } from '../../../../shared/domain/compliance/configuration.ts';
import type { Shared } from './ports.ts';

const MAX_PARSED = 100;
const parsed = new Map<string, Configuration>();
const latest = new WeakMap<
  Shared['documents'],
  { readonly changes: number; readonly configuration: Configuration }
>();

type Documents = Parameters<typeof fromConfigurationDocuments>[0];
const LAST_HEARTBEAT = /,"lastHeartbeatDateTime":"([^"]+)"/;
/** When a source was last heard: its devices promise it no signs of life here, so no evaluation reads it. */
const LAST_EVENT = /,"lastEventDateTime":"[^"]+"/;
/** How many devices an unknown word has blocked so far: no evaluation reads it. */
const COUNTS = /,"windowBeganDateTime":"[^"]+"|,"newlyBlockedDeviceCount":\d+/g;

/**
 * The configuration in the documents. Parsing is slow, so each document is parsed once, without what changes with each
 * batch.
 */
export function toConfiguration(documents: Shared['documents']): Configuration {
  const { changes } = documents;
  const last = latest.get(documents);
  if (last?.changes === changes) return last.configuration;
  const texts = documents.texts.filter((each) => !each.includes('"kind":"reevaluation"'));
  const configuration = texts.map(parseConfiguration).reduce(join);
  latest.set(documents, { changes, configuration });
  return configuration;
}

function join(a: Configuration, b: Configuration): Configuration {
  return {
    ...a,
    ...b,
    compliancePolicies: [...a.compliancePolicies, ...b.compliancePolicies],
    conditionalAccessPolicies: [...a.conditionalAccessPolicies, ...b.conditionalAccessPolicies],
    threatOverrides: [...a.threatOverrides, ...b.threatOverrides],
    reportFaults: [...a.reportFaults, ...b.reportFaults],
    eventSources: [...a.eventSources, ...b.eventSources],
    silenceBreaker: b.silenceBreaker.state === 'closed' ? a.silenceBreaker : b.silenceBreaker,
    problems: [...a.problems, ...b.problems],
  };
}

function parseConfiguration(document: string): Configuration {
  const lastHeartbeatDateTime = LAST_HEARTBEAT.exec(document)?.[1];
  const text = document.replace(LAST_HEARTBEAT, '').replace(LAST_EVENT, '').replaceAll(COUNTS, '');
  let known = parsed.get(text);
  if (known === undefined) {
    known = fromConfigurationDocuments([JSON.parse(text)] as Documents);
    if (parsed.size > MAX_PARSED) parsed.clear();
    parsed.set(text, known);
  }
  if (known.connector === undefined || lastHeartbeatDateTime === undefined) return known;
  return { ...known, connector: { ...known.connector, lastHeartbeatDateTime } };
}
