import type { JsonObject } from '../../../../shared/base/jsonObject.ts';

/** The account resource of a server at `address`: one region, for reads and writes. */
export function toAccount(address: string): JsonObject {
  const location = { name: 'local', databaseAccountEndpoint: `${address}/` };
  return {
    id: 'local',
    _self: '',
    _rid: 'local',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: [location],
    readableLocations: [location],
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
  };
}
