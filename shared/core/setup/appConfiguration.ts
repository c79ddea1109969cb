/**
 * The app configuration policies that give the SEP Mobile app its device's identity, as Graph JSON to import into
 * Intune. The names of the app's settings are not public: SEP Mobile's console gives each organisation its own in its
 * integration files, so they come from a setting.
 */

/** Which setting of the app gets which value; the values are Intune's own tokens or plain text. */
export type AppSettings = Readonly<Record<string, string>>;

const ANDROID_PACKAGE = 'app:com.skycure.skycure';
const TITLE = 'SEP Mobile';

/** Graph `iosMobileAppConfiguration`. */
export function toIosAppConfiguration(settings: AppSettings): object {
  return {
    '@odata.type': '#microsoft.graph.iosMobileAppConfiguration',
    displayName: `${TITLE} for iOS/iPadOS`,
    description: 'Tells the SEP Mobile app which device and user it protects',
    targetedMobileApps: [],
    settings: Object.entries(settings).map(([appConfigKey, appConfigKeyValue]) => ({
      appConfigKey,
      appConfigKeyType: 'stringType',
      appConfigKeyValue,
    })),
  };
}

/** Graph `androidManagedStoreAppConfiguration`; its payload is the managed configuration of Android Enterprise. */
export function toAndroidAppConfiguration(settings: AppSettings): object {
  const payload = {
    kind: 'androidenterprise#managedConfiguration',
    productId: ANDROID_PACKAGE,
    managedProperty: Object.entries(settings).map(([key, valueString]) => ({ key, valueString })),
  };
  return {
    '@odata.type': '#microsoft.graph.androidManagedStoreAppConfiguration',
    displayName: `${TITLE} for Android Enterprise`,
    description: 'Tells the SEP Mobile app which device and user it protects',
    targetedMobileApps: [],
    packageId: ANDROID_PACKAGE,
    payloadJson: Buffer.from(JSON.stringify(payload)).toString('base64'),
    permissionActions: [],
    appSupportsOemConfig: false,
  };
}
