import { remediationFor } from '../../../domain/access/remediation.ts';
import type { HttpReply } from '../../http/http.ts';
import { toXmlReply } from '../../http/toXmlReply.ts';
import type { Language } from '../../texts/languages.ts';
import { toInstructions } from '../../texts/toInstructions.ts';
import type { XmlElement } from '../../../base/xml/toXml.ts';
import type { CiscoIseVersion } from './ciscoIseVersion.ts';
import type { NacPage } from './findNacDevices.ts';
import { toHexMacAddress } from './toHexMacAddress.ts';
import type { NacDevice } from './nacDevice.ts';

/** How an answer is written. */
export interface CiscoIseForm {
  readonly version: CiscoIseVersion;
  readonly language: Language;
  /** Whether the ISE knows its devices by MAC address; in version 2 it always does. */
  readonly isByMacAddress: boolean;
}

/** The devices that were found. Who is not enrolled is not in the list, and that is how an ISE learns it. */
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
 * What an ISE is told that has to come again later; version 3 has words for it. There is no list: an empty one would
 * say that a device is not enrolled, or that every device is compliant.
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
  const isThird = form.version === 3;
  const macAddress = toHexMacAddress(properties?.wiFiMacAddress);
  const isNamedByMacAddress = form.isByMacAddress || !isThird;
  return [
    'device',
    [
      ['guid', isThird ? deviceId : undefined],
      ['macaddress', isNamedByMacAddress ? macAddress : undefined],
      [
        isThird ? 'Attributes' : 'attributes',
        [
          ['guid', isThird ? deviceId : undefined],
          ['register_status', true],
          [isThird ? 'Compliance' : 'compliance', toCompliance(device, form.language)],
          ...toHealth(device),
          ['imei', properties?.imei],
          ['udid', properties?.udid],
          ['serial_number', properties?.serialNumber],
          ['os_version', properties && `${properties.operatingSystem} ${properties.osVersion}`],
          ['lastCheckinTimeStamp', isThird ? lastContactInMilliseconds(device) : undefined],
          ['macaddresses', isThird ? macAddress : undefined],
        ],
      ],
    ],
  ];
}

/** The reasons as stable codes, by which an ISE's own rules can tell one failure from another; what to do as words. */
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

/** What SEP Mobile saw; what it has said nothing of is left out. */
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
