import { ArmExpression, call, objectOf } from './engine/expression.ts';

/**
 * App settings of the template, and those that the object parameter `extra` adds or replaces, in the form that a site
 * takes. The site's list replaces all settings, so a setting that is in neither is gone after a deployment
 * (learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda; `items` and `union` in
 * template-functions-object).
 */
export class MergedSettings extends ArmExpression {
  readonly own: Readonly<Record<string, string>>;

  constructor(own: Readonly<Record<string, string>>, extra: string) {
    const setting = { name: partOfEach('key'), value: partOfEach('value') };
    super('map', [
      call('items', call('union', objectOf(own), extra)),
      call('lambda', 'each', objectOf(setting)),
    ]);
    this.own = own;
  }
}

function partOfEach(part: 'key' | 'value'): string {
  return new ArmExpression('lambdaVariables', ['each'], { suffix: `.${part}` }).toString();
}
