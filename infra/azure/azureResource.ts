import type { Construct } from 'constructs';
import { ArmResource, type ArmResourceProps } from './engine/armResource.ts';
import { call, resourceGroup } from './engine/expression.ts';
import { RESOURCE_TYPES } from './resourceTypes.ts';

/** The tags of every resource: a parameter of the template. */
export const TAGS = call('parameters', 'tags');

/** A resource of one of the types that this system deploys. It has the tags of all, unless `body` says otherwise. */
export class AzureResource extends ArmResource {
  constructor(scope: Construct, id: string, props: Omit<ArmResourceProps, 'apiVersion'>) {
    const known = RESOURCE_TYPES[props.type];
    const tags = known?.members?.includes('tags') ? { tags: TAGS } : {};
    super(scope, id, {
      ...props,
      apiVersion: known?.apiVersion ?? 'unknown',
      body: { ...tags, ...props.body },
    });
  }
}

/** The location of every resource: that of the resource group. */
export const HERE = resourceGroup('location');
