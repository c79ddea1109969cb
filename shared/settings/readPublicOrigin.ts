import { invalid, readUrl, type Environment } from './readSetting.ts';

/**
 * The origin under which others reach this system, from the first of the settings that have it; `undefined` if none
 * has. The `Host` header of a request never replaces it, since its sender chooses that.
 * @throws ConnectorError `settingInvalid`.
 */
export function readPublicOrigin(environment: Environment): string | undefined {
  const named = ['WEBHOOK_ORIGIN', 'SSF_ISSUER'].find((name) => environment[name]?.trim());
  if (named !== undefined) return new URL(readUrl(environment, named)).origin;
  const host = environment['WEBSITE_HOSTNAME']?.trim();
  return host ? toOrigin(host) : undefined;
}

/** App Service and Core Tools set this name; only Core Tools' is on loopback, without TLS. */
function toOrigin(host: string): string {
  const isLoopback = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
  const url = URL.parse(`${isLoopback ? 'http' : 'https'}://${host}`);
  if (url !== null && url.host === host.toLowerCase()) return url.origin;
  throw invalid('WEBSITE_HOSTNAME', 'the name of a host, with or without a port');
}
