import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/identity';
import { STAGES, type StageConfiguration } from '../azure/stageConfiguration.ts';
import { UsageError } from '../cli/command.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { requireEndpoint } from '../cli/requireEndpoint.ts';
import { assertDatabaseAccount } from './assertDatabaseAccount.ts';
import { assertExtraSettings } from './assertExtraSettings.ts';
import { createArmClient, type ArmClient } from './armClient.ts';
import type { DeployedStack } from './stack/deploymentStack.ts';
import { findKept, toKeptLine } from './keepParameters.ts';
import { readParameters } from './readParameters.ts';
import { readSecretFile } from '../cli/readSecretFile.ts';
import { rememberTokens } from './rememberTokens.ts';
import type { Template } from './template.ts';
import type { Deployment } from './resourceChanges.ts';

/** The options of the command line. */
export interface DeployOptions {
  readonly stage?: string | undefined;
  readonly subscription?: string | undefined;
  readonly 'resource-group'?: string | undefined;
  readonly location?: string | undefined;
  readonly parameters: readonly string[];
  /** A file with the synthesized template; if absent, the template is synthesized now. */
  readonly template?: string | undefined;
  readonly package: string;
  readonly smoke: boolean;
  readonly audience?: string | undefined;
  readonly 'webhook-secret-file'?: string | undefined;
  /** `NAME=FILE` of each secret to write. */
  readonly secret: readonly string[];
  /** Write the stack even if it is up to date. */
  readonly force: boolean;
  /** Remove app settings that were set by hand. */
  readonly 'replace-settings': boolean;
  readonly yes: boolean;
  readonly arm: string;
  readonly scm?: string | undefined;
}

/** Returns the template of a stage. */
export type Synthesize = (stage: StageConfiguration) => string;

/** One run of a command, with all that its steps need. */
export interface DeployRun {
  readonly options: DeployOptions;
  readonly stage: StageConfiguration;
  readonly arm: ArmClient;
  readonly credential: TokenCredential;
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string;
  /** The name of the deployment stack. */
  readonly name: string;
  readonly io: CommandIo;
  readonly synthesize: Synthesize | undefined;
  /** The text of `--webhook-secret-file`; `undefined` without it. */
  readonly webhookSecret: string | undefined;
  /** Prints a line below the current step. */
  readonly note: (text: string) => void;
}

/** The result of a command: `value` for programs, `lines` for people. */
export interface DeployResult {
  readonly value: object;
  readonly lines: readonly string[];
}

export type DeployCommand = (run: DeployRun) => Promise<DeployResult>;

/** @throws UsageError if an option is missing or wrong. */
export async function openDeployRun(
  options: DeployOptions,
  io: CommandIo,
  synthesize: Synthesize | undefined,
): Promise<DeployRun> {
  const stage = STAGES.find((each) => each.stage === options.stage);
  if (stage === undefined)
    throw new UsageError(`--stage must be ${STAGES.map((each) => each.stage).join(' or ')}`);
  const { subscription = '', 'resource-group': group = '' } = options;
  if (!/^[\da-f-]{36}$/i.test(subscription)) throw new UsageError('--subscription must be an id');
  if (!/^[-\w.()]{1,90}$/.test(group)) throw new UsageError('--resource-group must be a name');
  const endpoint = requireEndpoint('--arm', options.arm);
  const webhookSecret = readWebhookSecret(options);
  const credential = rememberTokens(await io.signIn());
  const note = (text: string): void => io.printError(`      ${text}`);
  return {
    options,
    stage,
    credential,
    io,
    synthesize,
    webhookSecret,
    note,
    arm: createArmClient({ endpoint, credential, fetch: io.fetch, pause: io.pause, onWait: note }),
    scope: `/subscriptions/${subscription}/resourceGroups/${group}`,
    name: `mobile-threat-defense-${stage.stage}`,
  };
}

/** Reads it before the first step: the smoke test, which needs it, is the last one. @throws UsageError. */
function readWebhookSecret(options: DeployOptions): string | undefined {
  const file = options['webhook-secret-file'];
  return file === undefined
    ? undefined
    : readSecretFile('the webhook secret of --webhook-secret-file', file);
}

/** The template of the stage with the given parameters. @throws UsageError if there is no such template. */
export function toDeployment(run: DeployRun): Deployment {
  const { options, scope, name } = run;
  const template = JSON.parse(readTemplate(run)) as Template;
  const parameters = readParameters(template, options.parameters);
  assertDatabaseAccount(parameters);
  assertExtraSettings(template, parameters);
  return { scope, name, template, parameters };
}

/** The deployment with those parameters of the last one that stay until somebody names them. */
export function withKept(
  { note }: DeployRun,
  deployment: Deployment,
  stack: DeployedStack | undefined,
): Deployment {
  const { template, parameters } = deployment;
  const kept = findKept(template, parameters, stack?.parameters ?? {});
  for (const [name, { value }] of Object.entries(kept)) note(toKeptLine(name, value));
  // The template may have got a setting of that name since.
  assertExtraSettings(template, kept);
  return { ...deployment, parameters: { ...parameters, ...kept } };
}

function readTemplate({ options, stage, synthesize }: DeployRun): string {
  const { template } = options;
  if (template === undefined) {
    if (synthesize !== undefined) return synthesize(stage);
    throw new UsageError('--template FILE is missing: `npm run synth` writes it');
  }
  try {
    return readFileSync(template, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the template \`${template}\`: ${String(error)}`);
  }
}

/** The resource group; `undefined` if there is none. */
export async function readResourceGroup({
  arm,
  scope,
}: Pick<DeployRun, 'arm' | 'scope'>): Promise<{ readonly location?: string } | undefined> {
  return arm.run('GET', toGroupPath(scope));
}

/** Creates the resource group in the place of `--location`. */
export async function createResourceGroup({ arm, scope, options }: DeployRun): Promise<void> {
  await arm.run('PUT', toGroupPath(scope), { location: options.location });
}

function toGroupPath(scope: string): string {
  return `${scope}?api-version=2024-11-01`;
}

/** @throws Error if the stack has no such output. */
export function requireOutput({ outputs }: Pick<DeployedStack, 'outputs'>, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack has no output \`${name}\`: run \`up\` first`);
  return value;
}
