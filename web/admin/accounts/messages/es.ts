import type { TranslationOf } from '../../../i18n/messages.js';
import type english from './en.js';

export default {
  accounts: 'Cuentas',
  accountsTitle: 'Quién puede entrar',
  'account-viewer': 'Lector',
  'account-administrator': 'Administrador',
  'accountMay-viewer': 'Un lector ve las cifras y no cambia nada salvo su propia cuenta.',
  'accountMay-administrator': 'Un administrador puede hacer todo lo que ofrece este panel.',
  'accountMake-viewer': 'Hacer lector',
  'accountMake-administrator': 'Hacer administrador',
  accountRoleText: 'Se cierra la sesión en todos los navegadores de la cuenta.',
  accountOwnRoleText: 'Es su propia cuenta: volverá a entrar como lector.',
  accountOwn: 'usted',
  accountAdded: 'añadida {age}',
  accountSecondOn: 'con segundo factor',
  accountSecondOff: 'sin segundo factor',
  accountLinkUntil: 'su enlace vale hasta {time}',
  accountClosed: 'su enlace ha caducado',
  accountReset: 'Enlace nuevo',
  accountResetText:
    'Terminan la contraseña, el segundo factor y las sesiones. Con un enlace nuevo su dueño elige otra contraseña.',
  accountResetOwnText:
    'Es su propia cuenta: terminan su contraseña y sus sesiones, también esta. Copie el enlace antes de seguir.',
  accountRemove: 'Quitar',
  accountRemoveText: 'Terminan la cuenta y sus sesiones. Lo que decidió queda en el registro.',
  accountAddTitle: 'Añadir a alguien',
  accountAddText: 'Usted recibe un enlace para esa persona; la contraseña la elige ella.',
  accountName: 'Nombre',
  accountRole: 'Papel',
  accountAdd: 'Añadir',
  accountLinkTitle: 'Entregue este enlace a {name}',
  accountLinkText: 'Abre la cuenta una vez, en el plazo de un día, y solo se muestra ahora.',
  accountLinkLabel: 'El enlace',
} as const satisfies TranslationOf<typeof english>;
