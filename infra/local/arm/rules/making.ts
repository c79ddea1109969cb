import { asJsonObject, type JsonObject } from '../../../../shared/base/jsonObject.ts';
import type { ArmState } from '../armState.ts';
import type { StoredResource, PlannedResource } from '../template.ts';

/** A resource that is to be made, with the rest of its deployment. */
export interface Making {
  readonly resource: PlannedResource;
  readonly all: readonly PlannedResource[];
  /** The ids of the resources that existed when the deployment began. */
  readonly existing: ReadonlySet<string>;
  readonly state: ArmState;
}

/** Why Azure refuses a resource. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The `properties` of a resource. */
export function propertiesOf({ body }: Pick<StoredResource, 'body'>): JsonObject {
  return asJsonObject(body['properties']) ?? {};
}
