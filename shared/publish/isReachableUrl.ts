/**
 * Whether anything can be sent to `text` at all. To where is looked at when it is sent: a name may lead elsewhere by then.
 */
export function isReachableUrl(text: string): boolean {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '';
}
