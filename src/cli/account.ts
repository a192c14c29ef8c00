import { Argument, type Command } from 'commander';
import type { AccountView, LinkView } from '../accounts/views.js';
import { ACCOUNT_ROLES } from '../storage/account-store.js';
import { show, table, terminal } from './output.js';
import { withNode } from './with-node.js';

const ACCOUNTS = '/v1/admin/accounts';

/** Who may sign in. The way back in for whoever lost the password or the second device. */
export function addAccount(program: Command): void {
  const account = program.command('account').description('who may sign in to the dashboard');
  const role = () => new Argument('<role>').choices(ACCOUNT_ROLES);

  account
    .command('list', { isDefault: true })
    .description('every account with its role')
    .action(async (_options, command: Command) => {
      const list = await withNode((node) => node.get<{ accounts: AccountView[] }>(ACCOUNTS));
      show(terminal(command.optsWithGlobals().json), list, ({ accounts }) => listWords(accounts));
    });

  account
    .command('add <name>')
    .description('add an account; its owner chooses a password by the link that is printed')
    .addArgument(role().default('viewer').argOptional())
    .action(async (name: string, roleName: string, _options, command: Command) => {
      const added = await withNode((node) => node.post<LinkView>(ACCOUNTS, { name, role: roleName }));
      show(terminal(command.optsWithGlobals().json), added, linkWords);
    });

  account
    .command('reset <name>')
    .description(
      'forget password and second factor, end all sessions, and print a link to choose a new password',
    )
    .action(async (name: string, _options, command: Command) => {
      const reset = await withNode((node) => node.post<LinkView>(`${pathOf(name)}/reset`));
      show(terminal(command.optsWithGlobals().json), reset, linkWords);
    });

  account
    .command('role <name>')
    .description('make an account a viewer or an administrator')
    .addArgument(role())
    .action(async (name: string, roleName: string, _options, command: Command) => {
      const changed = await withNode((node) =>
        node.put<AccountView>(`${pathOf(name)}/role`, { role: roleName }),
      );
      show(terminal(command.optsWithGlobals().json), changed, (now) => [`${now.name} is now ${now.role}`]);
    });

  account
    .command('remove <name>')
    .description('remove an account and end its sessions')
    .action(async (name: string, _options, command: Command) => {
      const removed = await withNode((node) => node.delete<AccountView>(pathOf(name)));
      show(terminal(command.optsWithGlobals().json), removed, (former) => [`${former.name} is removed`]);
    });
}

function pathOf(name: string): string {
  return `${ACCOUNTS}/${encodeURIComponent(name)}`;
}

function listWords(accounts: readonly AccountView[]): string[] {
  if (accounts.length === 0)
    return ['there is no account yet: start the node, and open the link that it prints'];
  const rows = accounts.map(({ name, role, hasPassword, hasSecondFactor, linkExpiresAt }) => [
    name,
    role,
    hasPassword ? 'chosen' : `by link until ${linkExpiresAt?.slice(0, 16) ?? '–'}`,
    hasSecondFactor ? 'yes' : 'no',
  ]);
  return [table(['name', 'role', 'password', 'second factor'], rows)];
}

function linkWords({ account, url }: LinkView): string[] {
  return [
    url,
    `${account.name} chooses a password there: once, until ${account.linkExpiresAt?.slice(0, 16)} UTC`,
  ];
}
