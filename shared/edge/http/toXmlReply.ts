import { toXml, type XmlElement } from '../../base/xml/toXml.ts';
import type { HttpReply } from './http.ts';
import { noStore } from './noStore.ts';

/** A reply in XML that no cache may store. */
export function toXmlReply(root: XmlElement, status = 200): HttpReply {
  return noStore({
    status,
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    body: toXml(root),
  });
}
