import type { EventSource, EventSourceKind } from '../../shared/domain/vocabulary/eventSource.ts';

/** An enabled source of the kind, named after it. */
export function sampleSource(
  kind: EventSourceKind,
  connection: EventSource['connection'] = {},
): EventSource {
  return {
    id: kind,
    kind,
    displayName: kind,
    isEnabled: true,
    requiredPlatforms: [],
    detectionLifetimeInHours: 168,
    connection,
  };
}
