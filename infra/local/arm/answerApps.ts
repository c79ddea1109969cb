import { resolveReferences, type App } from './apps.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { GROUP, type RoutedRequest, type Route } from './armRequest.ts';

const SITES = `${GROUP}/providers/Microsoft\\.Web/sites/(?<name>[^/]+)`;
const REFERENCES = `${SITES}/config/configreferences/appsettings`;

/** Function Apps: their addresses, settings, and references to the vault. */
export const APP_ROUTES: readonly Route[] = [
  { path: SITES, action: 'Microsoft.Web/sites/read', answer: ofApp(answerSite) },
  {
    path: `${SITES}/config/appsettings/list`,
    action: 'Microsoft.Web/sites/config/list/action',
    answer: ofApp(answerSettings),
  },
  {
    path: `${SITES}/config/appsettings`,
    action: 'Microsoft.Web/sites/config/write',
    answer: ofApp(putSettings),
  },
  {
    path: REFERENCES,
    action: 'Microsoft.Web/sites/config/read',
    answer: ofApp(answerReferences),
  },
  {
    path: `${REFERENCES}/refresh`,
    action: 'Microsoft.Web/sites/config/write',
    answer: ofApp(refresh),
  },
];

function ofApp(
  answer: (app: App, request: RoutedRequest) => unknown,
): (request: RoutedRequest) => ArmReply {
  return (request) => {
    const app = request.state.apps.get(request.name);
    return app === undefined
      ? toErrorReply(404, 'ResourceNotFound', 'There is no such app.')
      : { status: 200, body: answer(app, request) };
  };
}

function answerSite(_app: App, { name }: RoutedRequest): object {
  const enabledHostNames = [`${name}.azurewebsites.net`, `${name}.scm.azurewebsites.net`];
  return { name, properties: { state: 'Running', enabledHostNames } };
}

function answerSettings({ settings }: App): object {
  return { name: 'appsettings', properties: Object.fromEntries(settings) };
}

/** Replaces the settings, as `az functionapp config appsettings set` does with the whole list. */
function putSettings(app: App, { body }: RoutedRequest): object {
  const { properties } = body as { readonly properties: Readonly<Record<string, string>> };
  app.settings = new Map(Object.entries(properties));
  return { name: 'appsettings', properties };
}

/** One entry a reference, without its value. A refresh takes until the second look. */
function answerReferences(app: App, { scope, name, state }: RoutedRequest): object {
  const value = [...app.references].map(([setting, properties]) => ({
    id: `${scope}/providers/Microsoft.Web/sites/${name}/config/configreferences/appsettings/${setting}`,
    name: setting,
    properties,
  }));
  if (app.isRefreshing) {
    const vault = { secrets: state.secrets, isRefused: state.faults.vaultRefusesApp };
    app.references = resolveReferences(app.settings, vault);
    app.isRefreshing = false;
  }
  return { value };
}

function refresh(app: App): object {
  app.isRefreshing = true;
  app.references = new Map(
    [...app.references].map(([setting, { secretName }]) => [
      setting,
      { secretName, status: 'Initialized' },
    ]),
  );
  return {};
}
