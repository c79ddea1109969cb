import { expect, it } from 'vitest';
import {
  CONNECTOR_DEFAULTS,
  GRAPH_CONNECTOR_DEFAULTS,
} from '../../../../shared/core/configuration/configurationDefaults.ts';
import { fromConfigurationDocuments } from '../../../../shared/core/configuration/configurationDocuments.ts';
import { CONNECTORS } from '../../../../shared/core/configuration/managedKinds.ts';
import {
  updateDocument,
  writableFields,
} from '../../../../shared/core/configuration/readDocument.ts';

const AT = { id: 'default', now: '2026-11-30T12:00:00.000Z' };
type Document = NonNullable<Parameters<typeof updateDocument>[1]>;

const patch = (before: Document | undefined, body: object): Document =>
  updateDocument(CONNECTORS, before, writableFields(CONNECTORS, { ...body }), AT);
const shown = (document: Document): object => ({ ...CONNECTORS.derive?.(document, AT.now) });

it('readers see the properties of Graph’s beta, which an earlier release could not read in the document', () => {
  const document = patch(undefined, { androidEnabled: true });
  expect(shown(document)).toMatchObject(GRAPH_CONNECTOR_DEFAULTS);
  for (const name of Object.keys(GRAPH_CONNECTOR_DEFAULTS))
    expect(document).not.toHaveProperty(name);
});

it('a property of Graph’s beta is stored while it is true, and leaves the document with false', () => {
  const on = patch(undefined, { macEnabled: true, grantMobileThreatDefensePartnerRole: false });
  expect(on).toHaveProperty('macEnabled', true);
  expect(on).not.toHaveProperty('grantMobileThreatDefensePartnerRole');
  expect(shown(on)).toMatchObject({ ...GRAPH_CONNECTOR_DEFAULTS, macEnabled: true });
  expect(fromConfigurationDocuments([on])).toMatchObject({
    connector: { macEnabled: true },
    problems: [],
  });
  expect(patch(on, { macEnabled: false })).not.toHaveProperty('macEnabled');
});

it('what a reader sees can be written back, and changes nothing', () => {
  const document = patch(undefined, {});
  expect(patch(document, { ...document, ...shown(document) })).toBe(document);
});

it('a property of Graph’s beta must be true or false', () => {
  expect(() => patch(undefined, { macEnabled: 'yes' })).toThrow('invalid connector');
});

it('a connector of an older release is readable, and has the minimum versions that Microsoft names today', () => {
  const { androidMinimumOsVersion: _, iosMinimumOsVersion: __, ...older } = CONNECTOR_DEFAULTS;
  const stored = { ...older, id: 'default', kind: 'mobileThreatDefenseConnector' };
  expect(fromConfigurationDocuments([stored])).toMatchObject({
    connector: { androidMinimumOsVersion: '5.0', iosMinimumOsVersion: '10.0' },
    problems: [],
  });
});
