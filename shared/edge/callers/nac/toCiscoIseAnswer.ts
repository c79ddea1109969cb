import { macDigits } from '../../../base/macAddress.ts';
import type { XmlElement } from '../../../base/xml/toXml.ts';
import { remediationFor } from '../../../domain/access/remediation.ts';
import type { HttpReply } from '../../http/http.ts';
import { toXmlReply } from '../../http/toXmlReply.ts';
import type { Language } from '../../texts/languages.ts';
import { toInstructions } from '../../texts/toInstructions.ts';
import type { CiscoIseVersion } from './ciscoIseVersion.ts';
import type { NacPage } from './findNacDevices.ts';
import type { NacDevice } from './nacDevice.ts';

/** Cisco ISE: the form of an answer. */
export interface CiscoIseForm {
  readonly version: CiscoIseVersion;
  readonly language: Language;
  /** Whether the ISE identifies devices by MAC address. In version 2 it always does. */
  readonly isByMacAddress: boolean;
}

/** Cisco ISE: the answer with the devices found. Unenrolled devices are left out; ISE treats them as unregistered. */
export function toCiscoIseAnswer({ devices, nextPage }: NacPage, form: CiscoIseForm): HttpReply {
  return toXmlReply([
    'ise_api',
    [
      ['name', 'attributes'],
      ['api_version', form.version],
      ['paging_info', nextPage ?? 0],
      ['deviceList', devices.map((device) => toDevice(device, form))],
    ],
  ]);
}

/**
 * Cisco ISE, version 3: the answer to an ISE that has to retry later. It has no list: an empty list would mean that a
 * device is not enrolled, or that every device is compliant.
 */
export function toCiscoIseBusy({ status, headers = {} }: HttpReply): HttpReply {
  const busy = toXmlReply(
    [
      'ise_api',
      [
        ['name', 'attributes'],
        ['api_version', 3],
        ['server_busy_wait_seconds', headers['retry-after']],
      ],
    ],
    status,
  );
  return { ...busy, headers: { ...headers, ...busy.headers } };
}

function toDevice(device: NacDevice, form: CiscoIseForm): XmlElement {
  const { deviceId, properties } = device;
  const isVersion3 = form.version === 3;
  const guid = (isVersion3 && deviceId) || undefined;
  const macAddress =
    properties?.wiFiMacAddress && macDigits(properties.wiFiMacAddress).toUpperCase();
  const hasMacAddress = form.isByMacAddress || !isVersion3;
  return [
    'device',
    [
      ['guid', guid],
      ['macaddress', hasMacAddress ? macAddress : undefined],
      [
        isVersion3 ? 'Attributes' : 'attributes',
        [
          ['guid', guid],
          ['register_status', true],
          [isVersion3 ? 'Compliance' : 'compliance', toCompliance(device, form.language)],
          ...toHealth(device),
          ['imei', properties?.imei],
          ['udid', properties?.udid],
          ['serial_number', properties?.serialNumber],
          ['os_version', toOsVersion(device)],
          ['lastCheckinTimeStamp', isVersion3 ? lastContactInMilliseconds(device) : undefined],
          ['macaddresses', isVersion3 ? macAddress : undefined],
        ],
      ],
    ],
  ];
}

function toOsVersion({ properties }: NacDevice): string | undefined {
  const { operatingSystem, osVersion } = properties ?? {};
  return operatingSystem && osVersion && `${operatingSystem} ${osVersion}`;
}

/** The reasons as stable codes, which an ISE's own rules can match, and the remediation as text. */
function toCompliance(
  { isCompliant, evaluation }: NacDevice,
  language: Language,
): readonly XmlElement[] {
  if (isCompliant) return [['status', true]];
  const { reasons, threats } = evaluation;
  const codes = new Set(reasons.map(({ code }) => code));
  const titles = new Set(
    remediationFor(reasons, threats).map((each) => toInstructions(each, language).title),
  );
  return [
    ['status', false],
    ['failure_reason', [...codes].join(', ')],
    ['remediation', titles.size === 0 ? undefined : [...titles].join('; ')],
  ];
}

/** The health that SEP Mobile reported, without what it has not reported. */
function toHealth({ evaluation, physical }: NacDevice): readonly XmlElement[] {
  const isFound = evaluation.threats.some(({ threatType }) => threatType === 'jailbrokenOrRooted');
  return [
    ['disk_encryption_on', physical?.storageEncrypted],
    ['pin_lock_on', physical?.passcodeEnabled],
    ['jail_broken', isFound ? true : physical?.jailbrokenOrRooted],
  ];
}

function lastContactInMilliseconds({ lastContactDateTime }: NacDevice): number | undefined {
  return lastContactDateTime === undefined ? undefined : Date.parse(lastContactDateTime);
}
