/**
 * App configuration policies, as Graph JSON to import into Intune. They give the SEP Mobile app the identity of its
 * device. The names of the app's settings are not public: each organisation finds its own in the integration files of
 * SEP Mobile's console, so they come from a setting.
 */

/** The app's settings by name. The values are Intune's own tokens or plain text. */
export type AppSettings = Readonly<Record<string, string>>;

const ANDROID_PACKAGE = 'app:com.skycure.skycure';
const TITLE = 'SEP Mobile';

/** Graph's `iosMobileAppConfiguration`. */
export function toIosAppConfiguration(settings: AppSettings): object {
  return {
    '@odata.type': '#microsoft.graph.iosMobileAppConfiguration',
    displayName: `${TITLE} for iOS/iPadOS`,
    description: 'Identifies the device and its user to the SEP Mobile app',
    targetedMobileApps: [],
    settings: Object.entries(settings).map(([appConfigKey, appConfigKeyValue]) => ({
      appConfigKey,
      appConfigKeyType: 'stringType',
      appConfigKeyValue,
    })),
  };
}

/** Graph's `androidManagedStoreAppConfiguration`, with a managed configuration of Android Enterprise as payload. */
export function toAndroidAppConfiguration(settings: AppSettings): object {
  const payload = {
    kind: 'androidenterprise#managedConfiguration',
    productId: ANDROID_PACKAGE,
    managedProperty: Object.entries(settings).map(([key, valueString]) => ({ key, valueString })),
  };
  return {
    '@odata.type': '#microsoft.graph.androidManagedStoreAppConfiguration',
    displayName: `${TITLE} for Android Enterprise`,
    description: 'Identifies the device and its user to the SEP Mobile app',
    targetedMobileApps: [],
    packageId: ANDROID_PACKAGE,
    payloadJson: Buffer.from(JSON.stringify(payload)).toString('base64'),
    permissionActions: [],
    appSupportsOemConfig: false,
  };
}
