import { setTimeout as pause } from 'node:timers/promises';
import { createRateLimit } from './core/decisions/rateLimit.ts';
import { openBlobDecisionLog } from './adapters/blobs/blobDecisionLog.ts';
import { createSourceBlobs } from './adapters/blobs/sourceBlobs.ts';
import { openBlobQuarantine } from './adapters/blobs/blobQuarantine.ts';
import { createCloudflareTokens } from './adapters/tokens/cloudflareTokens.ts';
import { createCosmosAuditLog } from './adapters/cosmos/cosmosAuditLog.ts';
import { createCosmosConfigurationDocuments } from './adapters/cosmos/cosmosConfigurationDocuments.ts';
import { createCosmosConfigurationStore } from './adapters/cosmos/cosmosConfigurationStore.ts';
import { openCosmosDatabase } from './adapters/cosmos/cosmosDatabase.ts';
import { createCosmosDeviceStore } from './adapters/cosmos/cosmosDeviceStore.ts';
import { createCosmosDirectoryObjects } from './adapters/cosmos/cosmosDirectoryObjects.ts';
import { createCosmosDeliveryLog } from './adapters/cosmos/cosmosDeliveryLog.ts';
import { createCosmosEventMailbox } from './adapters/cosmos/cosmosEventMailbox.ts';
import { createCosmosListings } from './adapters/cosmos/cosmosListings.ts';
import { createCosmosMilestones } from './adapters/cosmos/cosmosMilestones.ts';
import { createCosmosSourceProgress } from './adapters/cosmos/cosmosSourceProgress.ts';
import { createCosmosUnmatchedEvents } from './adapters/cosmos/cosmosUnmatchedEvents.ts';
import { createCredential } from './adapters/credential.ts';
import { createEventDevices } from './core/eventSources/findEventDevices.ts';
import { createGraphClient } from './adapters/graphClient.ts';
import { createCosmosPublicationStore } from './adapters/cosmos/cosmosPublicationStore.ts';
import { createOutgoingClient } from './adapters/outgoingClient.ts';
import { createOidcTokenVerifier } from './adapters/tokens/oidcTokenVerifier.ts';
import { openServiceBusQueues } from './adapters/serviceBusQueues.ts';
import { readConfig, type Config } from './settings/config.ts';
import { acceptCallerKeys } from './adapters/tokens/acceptCallerKeys.ts';
import { traceAudit } from './core/configuration/traceAudit.ts';
import { NO_TARGETS } from './core/publishing/documentTargets.ts';
import { createEntraTarget } from './edge/entraAttributes/entraTarget.ts';
import { createTargetHealth } from './core/publishing/targetHealth.ts';
import { createWaitingPolls } from './core/publishing/waitingPolls.ts';
import { createEventStreamTargets } from './edge/eventStreams/eventStreamTargets.ts';
import { createWebhookTargets } from './edge/webhooks/webhookTargets.ts';
import { createReadiness } from './core/readiness.ts';
import type { Services } from './core/services.ts';
import { asGet, withLength, withoutBody } from './edge/http/answerHead.ts';
import type { HttpReply, HttpRequest } from './edge/http/http.ts';
import { ConnectorError } from './base/connectorError.ts';
import { type Log, toLog } from './base/log.ts';
import {
  type Handler,
  type MethodHandlers,
  type ToFaultReply,
  dispatch,
  logFault,
} from './edge/http/handler.ts';
import { withRouteParams } from './edge/http/withRouteParams.ts';
import { toErrorReply } from './edge/http/toErrorReply.ts';

/** Faster than a person can tap. Programs should ask `accessDecisions`. */
const TICKET_CHECKS_PER_SECOND = 1;
const TICKET_CHECKS_AT_ONCE = 20;

const now = (): Date => new Date();
const time = {
  now,
  random: Math.random,
  pause: (milliseconds: number): Promise<void> => pause(milliseconds),
};

/** The composition root: creates the services from checked settings. They connect at first use. */
export function createServices(config: Config): Services {
  const cosmos = openCosmosDatabase(config.cosmosDb);
  const queues = openServiceBusQueues({
    connection: config.serviceBus,
    keys: config.messageKeys,
    unsignedUntilDateTime: config.unsignedMessagesUntilDateTime,
    now,
  });
  const outgoing = createOutgoingClient({ allowedNetworks: config.outgoingAllowedNetworks });
  const documents = createCosmosConfigurationDocuments(cosmos.database);
  const mailbox = createCosmosEventMailbox(cosmos.database, now);
  const { ssf, configurationCacheInSeconds: cacheInSeconds } = config;
  const eventStreams =
    ssf === undefined
      ? NO_TARGETS
      : createEventStreamTargets({ ssf, documents, mailbox, outgoing, cacheInSeconds, now });
  const deliveryLog = createCosmosDeliveryLog(cosmos.database);
  const audit = createCosmosAuditLog(cosmos.database);
  const webhooks =
    config.webhooks === undefined
      ? NO_TARGETS
      : createWebhookTargets({
          documents,
          // No invocation's log is known where a receiver ends its own endpoint.
          audit: traceAudit(audit, toLog(console)),
          outgoing,
          deliveryLog,
          cacheInSeconds,
          now,
          webhooks: config.webhooks,
        });
  const devices = createCosmosDeviceStore(cosmos.database, time);
  const graph =
    config.graph &&
    createGraphClient({
      endpoint: config.graph.endpoint,
      credential: createCredential(config.graph.clientId),
      now,
    });
  const attributes = config.graph?.attributes;
  const entra = graph && attributes && createEntraTarget({ graph, attributes, devices });
  const decisions = openBlobDecisionLog(config.decisionsStorage);
  const configuration = createCosmosConfigurationStore({
    database: cosmos.database,
    cacheInSeconds: config.configurationCacheInSeconds,
    recoveredDateTime: config.recoveredDateTime,
    now,
  });
  const dependencies = [configuration, queues];
  return {
    config,
    devices,
    configuration,
    documents,
    audit,
    publications: createCosmosPublicationStore(cosmos.database),
    mailbox,
    waitingPolls: createWaitingPolls(),
    eventStreams,
    deliveryLog,
    webhooks,
    listTargets: async () => [
      ...(await Promise.all([eventStreams.list(), webhooks.list()])).flat(),
      ...(entra === undefined ? [] : [entra]),
    ],
    directoryObjects: createCosmosDirectoryObjects(cosmos.database),
    graph,
    entra,
    health: createTargetHealth(),
    outgoing,
    milestones: createCosmosMilestones(cosmos.database),
    listings: createCosmosListings(cosmos.database),
    queues,
    eventDevices: createEventDevices(devices, now),
    unmatched: createCosmosUnmatchedEvents(cosmos.database, time),
    sourceProgress: createCosmosSourceProgress(cosmos.database),
    openSourceBlobs: createSourceBlobs({
      allowedNetworks: config.outgoingAllowedNetworks,
      clientId: config.storage.kind === 'identity' ? config.storage.clientId : undefined,
    }),
    quarantine: openBlobQuarantine({
      connection: config.storage,
      keys: config.messageKeys,
      unsignedUntilDateTime: config.unsignedMessagesUntilDateTime,
      now,
    }),
    decisions,
    rateLimit: createRateLimit(config.decisionsPerSecond),
    ticketLimit: createRateLimit(TICKET_CHECKS_PER_SECOND, TICKET_CHECKS_AT_ONCE),
    tokens: acceptCallerKeys(
      [
        ...config.callerKeys.map((each) => ({ ...each, role: 'Access.Decide' as const })),
        ...config.nacKeys.map((each) => ({ ...each, role: 'Nac.Query' as const })),
      ],
      createOidcTokenVerifier({ issuer: config.tokenIssuer, audiences: config.tokenAudiences }),
    ),
    cloudflare: config.cloudflare && {
      ...createCloudflareTokens(config.cloudflare),
      evaluationKeys: config.cloudflare.evaluationKeys,
    },
    dependencies,
    readiness: createReadiness({ dependencies, now, pause: time.pause }),
    ...time,
    async close() {
      await Promise.allSettled([queues.close(), decisions.close()]);
      outgoing.close();
      cosmos.close();
    },
  };
}

let services: Services | undefined;

/** The services of this process, created at the first call. @throws ConnectorError `settingInvalid`. */
function getServices(): Services {
  services ??= createServices(readConfig());
  return services;
}

/** The services of one invocation: what it stores in the audit log is also in its own log. */
function servicesFor(log: Log): Services {
  const shared = getServices();
  return { ...shared, audit: traceAudit(shared.audit, log) };
}

/** Closes the connections of this process, if it opened any. */
export async function closeServices(): Promise<void> {
  const open = services;
  services = undefined;
  await open?.close();
}

/** The used part of Azure's `InvocationContext`, so only `functions/` imports its package. */
interface Invocation extends Log {
  readonly invocationId: string;
  /** The registration of the function. */
  readonly options: { readonly trigger: { readonly [option: string]: unknown } };
  log(message: string): void;
}

/**
 * Makes a function of the runtime from an HTTP handler. An error that the handler throws becomes a reply: a function that
 * throws is never answered while the app streams (Azure/azure-functions-nodejs-library#324). `HEAD` is answered as `GET`,
 * without the body; a registration with `GET` has to name it too.
 */
export function onHttp(
  handler: Handler | MethodHandlers,
  toFaultReply: ToFaultReply = toErrorReply,
): (request: HttpRequest, invocation: Invocation) => Promise<HttpReply> {
  return async (request, invocation) => {
    const log = toLog(invocation);
    const requestId = invocation.invocationId;
    const isHead = request.method === 'HEAD';
    const routed = withRouteParams(request, String(invocation.options.trigger['route']));
    const asked = isHead ? asGet(routed) : routed;
    const answer = async (): Promise<HttpReply> => {
      try {
        return await dispatch(handler, asked, { services: servicesFor(log), requestId, log });
      } catch (error) {
        logFault(error, log);
        return toFaultReply(error, requestId, now(), asked);
      }
    };
    const reply = withLength(await answer());
    return isHead ? withoutBody(reply) : reply;
  };
}

/** The context of a timer or a queue consumer. */
export interface JobContext {
  readonly services: Services;
  readonly log: Log & {
    /** Logs what a run did. `host.json` decides whether it is written. */
    info(message: string): void;
  };
}

/** Makes a function of the runtime for a timer. If a run throws, that run fails and the schedule goes on. */
export function onTimer(
  job: (context: JobContext) => Promise<void>,
): (timer: unknown, invocation: Invocation) => Promise<void> {
  return (_timer, invocation) => job(toJobContext(invocation));
}

/** Far below the lock of a message. Only somebody who rises ends a fault of the configuration. */
const PAUSES_IN_MILLISECONDS = { settingInvalid: 60_000, other: 15_000 };

/**
 * Makes a function of the runtime for a queue, which delivers message bodies in batches. Returning settles every
 * message. Throwing abandons all of them, and the broker delivers them again at once. So it throws after a pause: otherwise
 * a missing setting would use up the deliveries of a whole backlog within seconds.
 */
export function onMessage(
  job: (bodies: readonly unknown[], context: JobContext) => Promise<void>,
  wait: (milliseconds: number) => Promise<unknown> = pause,
): (messages: unknown, invocation: Invocation) => Promise<void> {
  return async (messages, invocation) => {
    try {
      await job(Array.isArray(messages) ? messages : [messages], toJobContext(invocation));
    } catch (error) {
      toLog(invocation).error(`the batch is delivered again after a pause: ${String(error)}`);
      const isMisconfigured = error instanceof ConnectorError && error.code === 'settingInvalid';
      await wait(PAUSES_IN_MILLISECONDS[isMisconfigured ? 'settingInvalid' : 'other']);
      throw error;
    }
  };
}

function toJobContext(invocation: Invocation): JobContext {
  const info = (message: string): void => invocation.log(message);
  const log = toLog(invocation);
  return { services: servicesFor(log), log: { ...log, info } };
}
