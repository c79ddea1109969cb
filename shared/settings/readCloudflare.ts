import { invalid, readRequired, readUrl, readWords, type Environment } from './readSetting.ts';
import { readSigningKeys, type SigningKeys } from './readSigningKeys.ts';

/** One team of Cloudflare Access. */
export interface CloudflareConfig {
  /** `https://<team>.cloudflareaccess.com` */
  readonly teamDomain: string;
  /** The AUD tags of the Access applications that protect this API. */
  readonly audiences: readonly string[];
  /** The keys that sign evaluations. */
  readonly evaluationKeys: SigningKeys;
}

const CLOUDFLARE_SETTINGS = [
  'CLOUDFLARE_TEAM_DOMAIN',
  'CLOUDFLARE_ACCESS_AUDIENCES',
  'CLOUDFLARE_EVALUATION_KEYS',
] as const;

/** `undefined` if none of the settings is set. @throws ConnectorError `settingInvalid` if only some are. */
export function readCloudflare(environment: Environment): CloudflareConfig | undefined {
  const isSet = CLOUDFLARE_SETTINGS.map((name) => readWords(environment, name).length > 0);
  if (isSet.every((each) => !each)) return undefined;
  const [teamDomain, audiences, evaluationKeys] = CLOUDFLARE_SETTINGS;
  const team = readUrl(environment, teamDomain);
  if (team !== new URL(team).origin) throw invalid(teamDomain, 'an origin, without path or `/`');
  readRequired(environment, audiences);
  return {
    teamDomain: team,
    audiences: readWords(environment, audiences),
    evaluationKeys: readSigningKeys(environment, evaluationKeys),
  };
}
