/**
 * The fields of an element. Envoy puts `Cert`, `Chain` and `Subject` into quotes, and `By`, `Hash`, `URI` and `DNS` not,
 * although a URI may contain commas and semicolons (github.com/envoyproxy/envoy/issues/32945). `SAN` is the former name
 * of `URI`.
 */
const FIELD = '(?:By|Hash|Cert|Chain|Subject|URI|DNS|SAN)=';
/** Envoy begins each element with the names of its own certificate, or without any with the hash of the client's. */
const FIRST_FIELD = /^(?:By|Hash)$/i;
/** Where a value without quotes ends: before the next field, or before a `;` and any name of a later Envoy's. */
const END = String.raw`(?=$|[;,]\s*${FIELD}|;\s*[A-Za-z]+=)`;
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"(?=\s*(?:$|[;,]))`;
const PAIR = new RegExp(
  String.raw`(?:^|([;,]))\s*(?:([A-Za-z]+)=(?:${QUOTED}|([^"]*?)${END})\s*)?(?=$|[;,])`,
  'giy',
);

/**
 * The URIs of the certificate in the last element of Envoy's header `x-forwarded-client-cert`, which the nearest proxy
 * wrote; none if the header cannot be read to its end. A comma ends an element only where another can begin, so a
 * URI with a comma (`tag:microsoft.com,2022-09-14:sid:…`, which Microsoft writes beside the device's) hides none.
 */
export function urisOfForwarded(header: string): readonly string[] {
  let uris: string[] = [];
  let end = 0;
  for (const [pair, separator, name = '', quoted, plain = ''] of header.matchAll(PAIR)) {
    end += pair.length;
    if (separator === ',' && FIRST_FIELD.test(name)) uris = [];
    if (name.toLowerCase() === 'uri') uris.push((quoted ?? plain).trimEnd());
  }
  return end === header.length ? uris : [];
}
