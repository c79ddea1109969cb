import { UsageError } from './command.ts';

/** Tokens go only over https, or to this machine. @throws UsageError for any other address. */
export function requireEndpoint(option: string, text: string): string {
  const url = URL.parse(text);
  const isLocal =
    url?.protocol === 'http:' && /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname);
  if (url?.protocol === 'https:' || isLocal) return text;
  throw new UsageError(`${option} must be an https address, not \`${text}\``);
}
