import { runCommandLine } from '../cli/commandLine.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { findCommand, rejectWords } from '../cli/findCommand.ts';
import { ArmError } from './armClient.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import {
  openDeployRun,
  type DeployCommand,
  type DeployOptions,
  type DeployResult,
  type Synthesize,
} from './deployRun.ts';
import { register, type RegisterOptions } from './registration/register.ts';
import { smokeDeployed } from './smokeDeployed.ts';
import { whatIf } from './whatIf.ts';

const USAGE = `usage: npm run deploy -- <command> --stage dev|prod --subscription ID --resource-group NAME [options]

  what-if     show what would change, and what \`up\` lacks, without changing anything
  up          list what is missing, show the changes, deploy the stack, the secrets and the package,
              run the smoke test; after a failure, run it again and it continues
  smoke       send a test device through the deployed system
  down        delete the stack with all its resources
  register    make or repair the app registration of the API; needs --stage only

  --parameters name=value | FILE     template parameters; repeatable
  --location NAME                    where \`up\` creates the resource group if there is none
  --template FILE                    template of \`npm run synth\`; default: synthesized now
  --package FILE                     default dist/package.zip, built by \`npm run package\`
  --secret NAME=FILE                 write this secret to the vault; repeatable
  --force                            write the stack even if its template and parameters are unchanged
  --replace-settings                 remove app settings that were set by hand
  --no-smoke                         skip the smoke test
  --audience TEXT                    token audience of the API; default: the parameter tokenAudience
  --webhook-secret-file FILE         for the smoke test; default: the secret of --secret, or of Key Vault
  --yes                              delete without asking
  --app-id ID                        \`register\` repairs this application, which was registered by hand
  --principal ID                     object id of a user, a group or an application that \`register\` gives
                                     roles to; repeatable; default: the signed-in user
  --role ROLE                        a role that they get; repeatable; default: those of the smoke test
  --json                             print one JSON document on standard output
  --arm https://…, --scm https://…, --graph https://…
                                     endpoints of another cloud

Uses the identity of \`az login\`. Exit codes: 0 done, 1 failed, 2 usage error.`;

const OPTIONS = {
  stage: { type: 'string' },
  subscription: { type: 'string' },
  'resource-group': { type: 'string' },
  location: { type: 'string' },
  parameters: { type: 'string', multiple: true, default: [] as string[] },
  template: { type: 'string' },
  package: { type: 'string', default: 'dist/package.zip' },
  smoke: { type: 'boolean', default: true },
  audience: { type: 'string' },
  'webhook-secret-file': { type: 'string' },
  secret: { type: 'string', multiple: true, default: [] as string[] },
  force: { type: 'boolean', default: false },
  'replace-settings': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  arm: { type: 'string', default: 'https://management.azure.com' },
  scm: { type: 'string' },
  'app-id': { type: 'string' },
  principal: { type: 'string', multiple: true, default: [] as string[] },
  role: { type: 'string', multiple: true, default: [] as string[] },
  graph: { type: 'string', default: 'https://graph.microsoft.com' },
} as const;

type Command = (
  options: DeployOptions & RegisterOptions,
  io: CommandIo,
  synthesize: Synthesize | undefined,
) => Promise<DeployResult>;

const COMMANDS: Readonly<Record<string, Command>> = {
  'what-if': onStack(whatIf),
  up: onStack(deploy),
  smoke: onStack(smokeDeployed),
  down: onStack(destroy),
  register,
};

function onStack(command: DeployCommand): Command {
  return async (options, io, synthesize) => command(await openDeployRun(options, io, synthesize));
}

const LINE = { script: 'deploy', usage: USAGE, options: OPTIONS, takesCommand: true } as const;

/**
 * Runs `npm run deploy -- {argv}` and returns its exit code. Without `synthesize` the command line must name a template,
 * so the command needs no development package.
 */
export function runDeployCommand(
  argv: readonly string[],
  io: CommandIo,
  synthesize?: Synthesize,
): Promise<number> {
  return runCommandLine(
    LINE,
    { argv, io },
    async ({ values, words: [name = '', ...others] }) => {
      const run = findCommand(COMMANDS, name);
      rejectWords(others);
      const { value, lines } = await run(values, io, synthesize);
      io.print(values.json ? JSON.stringify(value) : lines.join('\n'));
      return 0;
    },
    (error) => {
      if (error instanceof ArmError)
        io.printError('created resources are kept; fix the cause and run the same command again');
    },
  );
}
