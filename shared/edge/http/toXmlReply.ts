import { toXml, type XmlElement } from '../../base/xml/toXml.ts';
import type { HttpReply } from './http.ts';

/** An answer in XML that nobody keeps. */
export function toXmlReply(root: XmlElement, status = 200): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'no-store' },
    body: toXml(root),
  };
}
