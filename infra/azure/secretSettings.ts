/** App settings that are secrets, with the name of each secret. Operators write the values; no template contains one. */
export const SECRET_SETTINGS: Readonly<Record<string, string>> = {
  SEP_MOBILE_WEBHOOK_SECRETS: 'sep-mobile-webhook-secrets',
  MESSAGE_KEYS: 'message-keys',
  REMEDIATION_TICKET_KEYS: 'remediation-ticket-keys',
  CALLER_KEYS: 'caller-keys',
  NAC_KEYS: 'nac-keys',
  EVENT_SOURCE_SECRETS: 'event-source-secrets',
  SSF_SIGNING_KEYS: 'ssf-signing-keys',
  WEBHOOK_MASTER_KEYS: 'webhook-master-keys',
  CLOUDFLARE_EVALUATION_KEYS: 'cloudflare-evaluation-keys',
};

/** The template parameter that switches a secret on, by app setting. Without a value of it the setting is empty. */
export const SECRET_SWITCHES: Readonly<Record<string, 'cloudflareTeamDomain'>> = {
  CLOUDFLARE_EVALUATION_KEYS: 'cloudflareTeamDomain',
};

/** The names of the secrets that a deployment with these parameters needs. */
export function neededSecrets(
  parameters: Readonly<Record<string, { readonly value: unknown }>>,
): readonly string[] {
  return Object.entries(SECRET_SETTINGS)
    .filter(([setting]) => {
      const parameter = SECRET_SWITCHES[setting];
      return parameter === undefined || Boolean(parameters[parameter]?.value);
    })
    .map(([, secret]) => secret);
}
