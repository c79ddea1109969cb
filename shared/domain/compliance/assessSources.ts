import { earliest, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { managedProperties, openIncidents, type Device, type Incident } from '../devices/device.ts';
import { assessRisk } from '../threats/assessRisk.ts';
import { combineRisks, type CombinedRisk, type SourceRisk } from '../threats/combineRisks.ts';
import { DEFAULT_SOURCE_ID, type EventSource } from '../vocabulary/eventSource.ts';
import type { Reason } from '../vocabulary/reason.ts';
import { toPlatform, type Configuration } from './configuration.ts';
import { toReportView, type ReportView } from './reportView.ts';
import { joinViews, toSourceViews, type SourceView } from './sourceViews.ts';
import { toPartnerView } from './toPartnerView.ts';

/** What all event sources say about a device. */
export interface AssessedSources {
  /** The device as they report it; for rules that ask for a fact. */
  readonly partnerView: Device;
  readonly reports: ReportView;
  readonly risk: CombinedRisk;
  readonly openIncidents: readonly Incident[];
  /** Whether the silence of SEP Mobile's own source matters: no other source vouches for the device in its place. */
  readonly isPartnerNeeded: boolean;
}

/** Assesses the reports of each enabled source by itself, and combines them: the worst counts. */
export function assessSources(
  device: Device,
  configuration: Configuration,
  now: DateTime,
): AssessedSources {
  const views = toSourceViews(device, configuration, now);
  const platform = platformOf(device);
  const assessed = views.map((view) => assess(view, platform, configuration, now));
  const partnerView = joinViews(
    device,
    assessed.map(({ reports }) => reports.device),
  );
  return {
    partnerView,
    reports: combineReports(partnerView, assessed),
    risk: combineRisks(assessed),
    openIncidents: views.flatMap((view) => openIncidents(view.device)),
    isPartnerNeeded: isPartnerNeeded(assessed),
  };
}

interface AssessedView extends SourceRisk {
  readonly source: EventSource;
  readonly reports: ReportView;
}

function assess(
  { source, device, dueDateTime }: SourceView,
  platform: EventSource['requiredPlatforms'][number] | undefined,
  configuration: Configuration,
  now: DateTime,
): AssessedView {
  const view = toReportView(toPartnerView(device, configuration.connector), configuration, now);
  const due = earliest(view.dueDateTime, dueDateTime);
  return {
    source,
    isRequired: platform !== undefined && source.requiredPlatforms.includes(platform),
    reports: due === view.dueDateTime ? view : { ...view, ...defined({ dueDateTime: due }) },
    risk: assessRisk(view.device, configuration.threatOverrides),
  };
}

function platformOf(device: Device): EventSource['requiredPlatforms'][number] | undefined {
  const properties = managedProperties(device);
  return properties && toPlatform(properties.operatingSystem);
}

function combineReports(device: Device, views: readonly AssessedView[]): ReportView {
  const [only, ...others] = views;
  if (only !== undefined && others.length === 0 && only.source.id === DEFAULT_SOURCE_ID)
    return only.reports;
  return {
    device,
    unreadable: views.flatMap(({ source, reports }) =>
      reports.unreadable.map((reason) => withSource(reason, source)),
    ),
    isHeldTooLong: views.some(({ reports }) => reports.isHeldTooLong),
    ...defined({ dueDateTime: earliest(...views.map(({ reports }) => reports.dueDateTime)) }),
  };
}

function withSource(reason: Reason, { id, displayName }: EventSource): Reason {
  if (id === DEFAULT_SOURCE_ID) return reason;
  const message = reason.message.replace('SEP Mobile', displayName);
  return { ...reason, message, sourceId: id };
}

/** Another source that has assessed the device vouches for it, unless SEP Mobile's own has to as well. */
function isPartnerNeeded(views: readonly AssessedView[]): boolean {
  const own = views.find(({ source }) => source.id === DEFAULT_SOURCE_ID);
  if (own === undefined) return false;
  return (
    own.isRequired ||
    !views.some(({ source, risk }) => source.id !== own.source.id && risk.appHealth === 'assessed')
  );
}
