/** A fault that a developer might make: `to` replaces `from` in the file. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The faults that the simulation has to find. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a conflicting write counts as saved',
    file: 'shared/core/devices/recomputeDevice.ts',
    from: "if (saved === 'conflict') return 'conflict';\n    if (saved !== undefined)",
    to: "if (saved !== undefined && saved !== 'conflict')",
  },
  {
    name: 'the last signal to arrive wins',
    file: 'shared/domain/devices/supersedes.ts',
    from: 'compareTexts(written.observedDateTime, known.observedDateTime) ||',
    to: '1 ||',
  },
  {
    name: 'the worse of two simultaneous signals does not win',
    file: 'shared/domain/devices/supersedes.ts',
    from: '    rank(written.value) - rank(known.value) ||\n',
    to: '',
  },
  {
    name: 'the lower id of two equal signals wins',
    file: 'shared/domain/devices/supersedes.ts',
    from: 'compareTexts(written.signalId, known.signalId) ||',
    to: 'compareTexts(known.signalId, written.signalId) ||',
  },
  {
    name: 'messages are settled before they are processed',
    file: 'shared/core/devices/recomputeBatch.ts',
    from: '...groups.map((group) => () => recomputeGroup(dependencies, group, outage, now)),',
    to: '...groups.map((group) => async () => void recomputeGroup(dependencies, group, outage, now).catch(() => undefined)),',
  },
  {
    name: 'a failure is swallowed',
    file: 'shared/core/devices/recomputeBatch.ts',
    from: 'await Promise.all(group.map((message) => tryLater(dependencies, message, error, now)));',
    to: 'void tryLater;',
  },
  {
    name: 'a transition is published before its state is saved',
    file: 'shared/core/devices/recomputeDevice.ts',
    from: '    const saved =\n',
    to: '    if (after !== before) await dependencies.announcements.publish(after.outbox);\n    const saved =\n',
  },
  {
    name: 'the outbox is emptied before the queue accepts it',
    file: 'shared/core/devices/recomputeDevice.ts',
    from: ': await devices.save(after, stored?.etag);',
    to: ': await devices.save({ ...after, outbox: [] }, stored?.etag);',
  },
  {
    name: 'a resolved incident is forgotten after a day',
    file: 'shared/domain/devices/tidyDevice.ts',
    from: 'TOMBSTONE_RETENTION_IN_DAYS = 30',
    to: 'TOMBSTONE_RETENTION_IN_DAYS = 1',
  },
  {
    name: 'the end of an enrolment is ignored',
    file: 'shared/domain/devices/mergeSignals.ts',
    from: "return put(device, 'enrolment', fact(signal, { isEnrolled: false }));",
    to: 'return device;',
  },
  {
    name: 'the sweep does not find silent devices',
    file: 'shared/core/devices/sweepDueDevices.ts',
    from: 'dependencies.devices.findDue(now, deviceClock(configuration, now))',
    to: "dependencies.devices.findDue(now, deviceClock(configuration, now).replace('2026', '1970'))",
  },
  {
    name: 'the deadline of a device is a window too late',
    file: 'shared/domain/compliance/deviceClock.ts',
    from: 'addSeconds(since, settings.deviceHeartbeatWindowInSeconds)',
    to: 'addSeconds(since, 2 * settings.deviceHeartbeatWindowInSeconds)',
  },
  {
    name: 'a verdict of the cloud counts as a sign of life',
    file: 'shared/domain/devices/mergeSignals.ts',
    from: "  'telemetryReported',\n]);",
    to: "  'telemetryReported',\n  'riskReported',\n]);",
  },
  {
    name: 'the clock of devices runs while the partner is silent',
    file: 'shared/domain/compliance/deviceClock.ts',
    from: 'earliest(now, connector?.lastHeartbeatDateTime, heldDateTime(configuration, now))',
    to: 'earliest(now, heldDateTime(configuration, now))',
  },
  {
    name: 'the slack counts twice',
    file: 'shared/domain/deviceRecord.ts',
    from: 'return Math.min(slack, (source?.silenceWindowInSeconds ?? own) / 2);',
    to: 'return 2 * Math.min(slack, (source?.silenceWindowInSeconds ?? own) / 2);',
  },
  {
    name: 'a heartbeat without changes is never saved',
    file: 'shared/domain/deviceRecord.ts',
    from: '>= slackInSeconds * 1000\n',
    to: '>= slackInSeconds * 1e9\n',
  },
  {
    name: 'a cached policy never expires',
    file: 'shared/base/remember.ts',
    from: 'if (cached !== undefined && cached.expiresAt > at) return cached.loading;',
    to: 'if (cached !== undefined) return cached.loading;',
  },
  {
    name: 'a changed policy does not update the stored views',
    file: 'shared/core/devices/runReevaluation.ts',
    from: 'if (left?.evaluatedVersion !== version)',
    to: 'if (left === undefined)',
  },
  {
    name: 'publishing does not wait for a gap',
    file: 'shared/domain/announcements/publication.ts',
    from: 'const isWaiting = now < addSeconds(gapSinceDateTime, GAP_TIMEOUT_IN_SECONDS);',
    to: 'const isWaiting = now < gapSinceDateTime;',
  },
  {
    name: 'the backlog of a target is forgotten',
    file: 'shared/domain/announcements/publication.ts',
    from: 'if (backlog === undefined) continue;',
    to: 'continue;',
  },
  {
    name: 'a conflicting publication is not saved',
    file: 'shared/core/publishing/publishDevice.ts',
    from: '    return saved;\n',
    to: "    return 'saved';\n",
  },
  {
    name: 'a sequence is used twice',
    file: 'shared/domain/announcements/collectAnnouncements.ts',
    from: 'announcementCount: record.announcementCount + announcements.length,',
    to: 'announcementCount: record.announcementCount,',
  },
  {
    name: 'an event is acknowledged before it is queued',
    file: 'shared/core/ingest/ingestRequest.ts',
    from: 'await signals.send(read.signals);',
    to: 'signals.send(read.signals).catch(() => undefined);',
  },
  {
    name: 'a message is dead-lettered after its first failure',
    file: 'shared/core/devices/retryMessage.ts',
    from: '? now > addSeconds(sinceDateTime, MAX_RETRY_AGE_IN_SECONDS)',
    to: '? now > sinceDateTime',
  },
  {
    name: 'a report that is read in part is put aside instead of counted',
    file: 'shared/core/ingest/ingestRequest.ts',
    from: 'signals.push(...parsed.signals);',
    to: 'if (parsed.rejections.length === 0) signals.push(...parsed.signals);',
  },
  {
    name: 'an unknown word counts for nothing',
    file: 'shared/core/ingest/partReader.ts',
    from: 'if (worst !== undefined) addFault(field, value);\n      return worst;',
    to: 'return undefined;',
  },
  {
    name: 'a report that cannot be read leaves no mark',
    file: 'shared/domain/devices/mergeSignals.ts',
    from: "    case 'reportUnreadable': {\n",
    to: "    case 'reportUnreadable': {\n      if (signal.fault.field !== '') return device;\n",
  },
  {
    name: 'good news without a usable time counts',
    file: 'shared/core/ingest/fromSepMobileEvent.ts',
    from: 'return parsed(event, event.time.ok ? [{ ...stamp(event), ...fact }] : []);',
    to: 'return parsed(event, [{ ...stamp(event), ...fact }]);',
  },
  {
    name: 'a placeholder time resolves an incident',
    file: 'shared/core/ingest/readIncident.ts',
    from: "if (isPlaceholderMoment(moment)) return 'none';",
    to: "if (isPlaceholderMoment(moment)) return 'plausible';",
  },
  {
    name: 'an opened incident with a time of resolution is resolved',
    file: 'shared/core/ingest/fromSepMobileEvent.ts',
    from: "envelope.type === 'sepmobile.incident.updated' && resolution === 'plausible';",
    to: "envelope.type !== 'sepmobile.incident.resolved' && resolution === 'plausible';",
  },
  {
    name: 'a verdict with an unknown word replaces a worse one',
    file: 'shared/domain/compliance/reportView.ts',
    from: 'return known !== undefined && badness(known) > badness(read) ? known : read;',
    to: 'return read;',
  },
  {
    name: 'an incident for which a record has no room is dropped',
    file: 'shared/domain/devices/boundIncidents.ts',
    from: '    ...withThreat(overflow, fact.value),\n',
    to: '    ...overflow,\n',
  },
  {
    name: 'a record keeps the least severe incidents',
    file: 'shared/domain/devices/boundIncidents.ts',
    from: 'rankOf(b) - rankOf(a) ||',
    to: 'rankOf(a) - rankOf(b) ||',
  },
  {
    name: 'a new word of a vendor locks out the whole fleet',
    file: 'shared/core/devices/holdReportFaults.ts',
    from: 'const isTooMany = await exceedsShare(dependencies, counted, configuration.tenantSettings);',
    to: 'const isTooMany = (await exceedsShare(dependencies, counted, undefined)) || false;',
  },
  {
    name: 'a held word is held for ever',
    file: 'shared/domain/compliance/faultStanding.ts',
    from: "return now < untilDateTime ? { kind: 'held', untilDateTime } : { kind: 'heldTooLong' };",
    to: "return { kind: 'held', untilDateTime: untilDateTime.replace('2026', '2036') };",
  },
  {
    name: 'only the first page of a user’s devices is judged',
    file: 'shared/core/decisions/userDevices.ts',
    from: 'while (continuation !== undefined && left > 0);',
    to: 'while (false as boolean);',
  },
  {
    name: 'the list of devices with one identifier is cut at its bound',
    file: 'shared/core/decisions/readDevice.ts',
    from: 'if (!hasMore && records.length <= MAX_SHARING_DEVICES) return { records };',
    to: 'if (!hasMore) return { records: records.slice(0, MAX_SHARING_DEVICES) };',
  },
  {
    name: 'only one of the devices with one identifier is judged',
    file: 'shared/core/decisions/decideRequests.ts',
    from: '[first.evaluation, ...others.map((each) => each.evaluation)],',
    to: '[first.evaluation],',
  },
  {
    name: 'a message that nobody vouches for is believed',
    file: 'shared/core/devices/messageMac.ts',
    from: 'return mac === undefined ? acceptsUnsigned(options) : isMacOf(options, body, mac);',
    to: 'return mac === undefined || isMacOf(options, body, mac);',
  },
  {
    name: 'the silence breaker has no end',
    file: 'shared/domain/compliance/deviceClock.ts',
    from: "const isHeld = silenceBreaker.state === 'open' && !isBreakerOver(configuration, now);",
    to: "const isHeld = silenceBreaker.state === 'open';",
  },
  {
    name: 'groups are compared by the case of their ids',
    file: 'shared/domain/compliance/groupMembership.ts',
    from: 'const folded = new Set(groupIds.map(foldGuid));',
    to: 'const folded = new Set(groupIds);',
  },
  {
    name: 'a device is another one in another spelling of its id',
    file: 'shared/domain/vocabulary/deviceId.ts',
    from: 'return foldGuid(text);',
    to: 'return text;',
  },
  {
    name: 'a severity without a row in the mapping counts as low',
    file: 'shared/core/eventSources/kinds/threatFacts.ts',
    from: "addFault('severity', toWord(value));\n  }\n  return 'high';",
    to: "addFault('severity', toWord(value));\n  }\n  return 'low';",
  },
  {
    name: 'the checkpoint of an event source is saved before the queue has its events',
    file: 'shared/core/eventSources/pull/fetchSesExport.ts',
    from: '    await run.deliver(fresh.slice(from, from + BATCH));\n',
    to: '    void run.deliver(fresh.slice(from, from + BATCH)).catch(() => undefined);\n',
  },
  {
    name: 'a position that has expired loses the gap',
    file: 'shared/core/eventSources/pull/fetchSesExport.ts',
    from: 'await beginAgain(dependencies, run, expired);\n',
    to: 'await beginAgain(dependencies, run, expired);\n      const lost = { ...run, deliver: (): Promise<void> => Promise.resolve() };\n      await readStream(await openStream(dependencies, run, token), lost);\n',
  },
  {
    name: 'what a disabled event source reported counts',
    file: 'shared/domain/compliance/sourceViews.ts',
    from: '.filter(({ isEnabled }) => isEnabled)',
    to: '.filter(() => true)',
  },
];
