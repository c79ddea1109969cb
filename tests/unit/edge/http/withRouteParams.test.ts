import { expect, it } from 'vitest';
import { withRouteParams } from '../../../../shared/edge/http/withRouteParams.ts';

const HOST_PARAMS = { deviceId: 'from the body', id: 'from the query' };

const paramsOf = (route: string, path: string): unknown =>
  withRouteParams(
    {
      method: 'GET',
      url: `https://app.example${path}`,
      headers: new Headers(),
      params: HOST_PARAMS,
      query: new URLSearchParams(),
      body: null,
    },
    route,
  ).params;

it.each([
  ['api/devices/{deviceId}/compliance', '/api/devices/a%20b/compliance', { deviceId: 'a b' }],
  ['api/devices/{deviceId}', '/api/devices/a%2Fb', { deviceId: 'a/b' }],
  ['api/devices/{deviceId}', '/api/devices/100%', { deviceId: '100%' }],
  ['api/devices/{deviceId?}', '/api/devices', {}],
  ['api/devices/{deviceId?}', '/api//devices/', {}],
  ['files/{*path}', '/files/a/b%20c', { path: 'a/b c' }],
  ['files/{*path}', '/files', {}],
  ['{nothing:maxlength(0)?}', '/', {}],
  ['api/nac/{dialect}/devices', '/API/Nac/v3/Devices', { dialect: 'v3' }],
])('reads the parameters of %s from the URL alone: %s', (route, path, params) => {
  expect(paramsOf(route, path)).toEqual(params);
});
