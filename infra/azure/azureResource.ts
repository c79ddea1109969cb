import type { Construct } from 'constructs';
import { ArmResource, type ArmResourceProps } from './engine/armResource.ts';
import { resourceGroup } from './engine/expression.ts';
import { RESOURCE_TYPES } from './resourceTypes.ts';

/** A resource of one of the types that this system deploys. */
export class AzureResource extends ArmResource {
  constructor(scope: Construct, id: string, props: Omit<ArmResourceProps, 'apiVersion'>) {
    const known = RESOURCE_TYPES[props.type];
    super(scope, id, { ...props, apiVersion: known?.apiVersion ?? 'unknown' });
  }
}

/** The location of every resource: that of the resource group. */
export const HERE = resourceGroup('location');
