import { expect, it } from 'vitest';
import { AZURE_CLI, CLI_SCOPE } from '../../../../../infra/deploy/registration/manifest.ts';
import { mergeApi } from '../../../../../infra/deploy/registration/mergeApi.ts';

const azureCli = { appId: AZURE_CLI, delegatedPermissionIds: [CLI_SCOPE.id] };
const complete = {
  requestedAccessTokenVersion: 2,
  oauth2PermissionScopes: [CLI_SCOPE],
  preAuthorizedApplications: [azureCli],
};

it('changes nothing in complete settings', () => {
  expect(mergeApi(complete)).toEqual([]);
});

it('makes the scope before it pre-authorises the Azure CLI for it', () => {
  const scoped = { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [CLI_SCOPE] };
  expect(mergeApi({})).toEqual([scoped, complete]);
  expect(mergeApi(scoped)).toEqual([complete]);
});

it('keeps what others added', () => {
  const scope = { ...CLI_SCOPE, id: '11111111-1111-4111-8111-111111111111', value: 'reports' };
  const portal = { appId: 'portal', delegatedPermissionIds: [scope.id] };
  const foreign = {
    acceptMappedClaims: true,
    requestedAccessTokenVersion: 1,
    oauth2PermissionScopes: [scope],
    preAuthorizedApplications: [portal, { ...azureCli, delegatedPermissionIds: [scope.id] }],
  };
  expect(mergeApi(foreign).at(-1)).toEqual({
    acceptMappedClaims: true,
    requestedAccessTokenVersion: 2,
    oauth2PermissionScopes: [scope, CLI_SCOPE],
    preAuthorizedApplications: [
      portal,
      { ...azureCli, delegatedPermissionIds: [scope.id, CLI_SCOPE.id] },
    ],
  });
});

it('uses the scope that was made by hand, and enables it', () => {
  const byHand = { ...CLI_SCOPE, id: '22222222-2222-4222-8222-222222222222', isEnabled: false };
  const { oauth2PermissionScopes, preAuthorizedApplications } =
    mergeApi({ ...complete, oauth2PermissionScopes: [byHand] }).at(-1) ?? {};
  expect(oauth2PermissionScopes).toEqual([{ ...byHand, isEnabled: true }]);
  expect(preAuthorizedApplications).toEqual([
    { ...azureCli, delegatedPermissionIds: [CLI_SCOPE.id, byHand.id] },
  ]);
});
