/** The content of an element: text, or child elements. */
type XmlContent = string | number | boolean | readonly XmlElement[];

/** An element without content is omitted. Names are written as they are, so they must never come from input. */
export type XmlElement = readonly [name: string, content: XmlContent | undefined];

/** The XML document with this root element, on one line. */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${write(root)}`;
}

function write([name, content]: XmlElement): string {
  return content === undefined ? '' : `<${name}>${writeContent(content)}</${name}>`;
}

function writeContent(content: XmlContent): string {
  return typeof content === 'object' ? content.map(write).join('') : escape(String(content));
}

/** XML 1.0 section 2.2: no document may contain any other character, not even as a reference. */
const NOT_ALLOWED = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Only needed in `]]>`, but always escaping it is easier to verify.
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escape(text: string): string {
  return text
    .replaceAll(NOT_ALLOWED, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => REFERENCES[character] ?? '');
}
