import type { Config } from '../settings/config.ts';
import type { RateLimit } from './decisions/rateLimit.ts';
import type {
  ConfigurationStore,
  ConfigurationCache,
  ConfigurationDocuments,
} from './ports/configuration.ts';
import type { Dependency } from './ports/dependency.ts';
import type {
  OpenSourceBlobs,
  SourceProgressStore,
  UnmatchedEvents,
} from './ports/eventSources.ts';
import type {
  DeviceStore,
  DueDevices,
  DeviceList,
  ManagedDeviceIds,
  UnreadableRecords,
  DirectoryObjects,
} from './ports/devices.ts';
import type { Graph } from './ports/graph.ts';
import type { AuditLog, DeliveryLog, DecisionLog } from './ports/logs.ts';
import type { Listings } from './ports/listings.ts';
import type { Milestones } from './ports/milestones.ts';
import type { OutgoingClient } from './ports/outgoing.ts';
import type { PublicationStore, EventMailbox } from './ports/publications.ts';
import type { Quarantine } from './ports/quarantine.ts';
import type { Queues } from './ports/queues.ts';
import type { ListTargets, EntraTarget } from './ports/target.ts';
import type { TokenVerifier, CloudflareAccess } from './ports/tokens.ts';
import type { EventDevices } from './eventSources/findEventDevices.ts';
import type { DocumentTargets } from './publishing/documentTargets.ts';
import type { Readiness } from './readiness.ts';
import type { TargetHealth } from './publishing/targetHealth.ts';
import type { WaitingPolls } from './publishing/waitingPolls.ts';

/** The services that a function needs. */
export interface Services {
  readonly config: Config;
  readonly devices: DeviceStore & DueDevices & DeviceList & ManagedDeviceIds & UnreadableRecords;
  readonly configuration: ConfigurationStore & ConfigurationCache;
  readonly documents: ConfigurationDocuments;
  readonly audit: AuditLog;
  readonly publications: PublicationStore;
  readonly mailbox: EventMailbox;
  readonly waitingPolls: WaitingPolls;
  readonly eventStreams: DocumentTargets;
  readonly deliveryLog: DeliveryLog;
  readonly webhooks: DocumentTargets;
  readonly listTargets: ListTargets;
  readonly directoryObjects: DirectoryObjects;
  /** `undefined` if Graph is not configured. */
  readonly graph: Graph | undefined;
  /** `undefined` if no attributes are configured. */
  readonly entra: EntraTarget | undefined;
  readonly health: TargetHealth;
  readonly outgoing: OutgoingClient;
  readonly milestones: Milestones;
  /** The lists that network access controls are reading. */
  readonly listings: Listings;
  readonly queues: Queues;
  /** Finds the devices that events of a source name, and remembers them. */
  readonly eventDevices: EventDevices;
  readonly unmatched: UnmatchedEvents;
  readonly sourceProgress: SourceProgressStore;
  readonly openSourceBlobs: OpenSourceBlobs;
  readonly quarantine: Quarantine;
  readonly decisions: DecisionLog;
  readonly rateLimit: RateLimit;
  /** Limits how often one remediation ticket is checked. */
  readonly ticketLimit: RateLimit;
  readonly tokens: TokenVerifier;
  /** `undefined` if no team is configured. */
  readonly cloudflare: CloudflareAccess | undefined;
  /** The services that must answer before the system is ready. */
  readonly dependencies: readonly Dependency[];
  readonly readiness: Readiness;
  readonly now: () => Date;
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  close(): Promise<void>;
}
