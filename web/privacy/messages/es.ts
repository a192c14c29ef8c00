import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  privacyPage: 'Privacidad',
  privacyTitle: 'Qué se guarda de una visita',
  privacyNothing: 'Este nodo no cuenta ningún sitio propio.',
  privacyIpUa:
    'Para contar personas y no visitas, una clave secreta convierte su dirección y el nombre de su navegador en un número.',
  privacyIp: 'Para contar personas y no visitas, una clave secreta convierte su dirección en un número.',
  privacyCookie:
    'Para contar personas y no visitas, una clave secreta convierte un número al azar de una cookie en otro.',
  privacySiteId:
    'Para contar personas y no visitas, una clave secreta convierte el número con que este sitio le conoce en otro.',
  privacySketch:
    'Ese número sube como mucho uno de 16.384 contadores pequeños y después se olvida, igual que su dirección. Ninguno de los dos se escribe nunca en un disco, un registro o una copia de seguridad.',
  privacyKeys:
    'Una clave secreta se usa durante {days} días. Como mucho {gone} días después de su visita, sus claves se destruyen: desde entonces nadie puede saber por los contadores de ese día si usted estuvo aquí.',
  privacyAllTime:
    'Un contador de todo el tiempo tiene una clave que vive tanto como este nodo: quien se apodere del nodo puede comprobar si alguien estuvo aquí.',
  privacyKept: 'Los contadores de cada día se guardan {days} días, los de cada hora 48 horas.',
  privacyOptOut: 'Si su navegador envía Do Not Track o Global Privacy Control, no se le cuenta.',
  privacyNoOptOut: 'Aquí no se atiende a Do Not Track ni a Global Privacy Control.',
  privacyAlone: 'Nada de ello sale de este nodo.',
  privacyMember:
    'Un informe firmado de cada día, con los contadores y los números de personas y visitas, va al hub de la federación {federation}. Los miembros tienen la clave secreta; un hub que no cuenta ningún sitio propio solo tiene contadores.',
  privacyPeer:
    'Un informe firmado de cada día, con los contadores y los números de personas y visitas, va a los demás nodos de la federación {federation}. Ellos también tienen la clave secreta: junto con los contadores se puede comprobar si una persona estuvo aquí. Los días con menos de 100 personas se envían sin contadores.',
  privacyHub: 'Los miembros de la federación {federation} envían sus contadores a este nodo.',
  privacyHubCounting:
    'Este nodo cuenta un sitio propio y por eso también tiene la clave secreta: junto con los contadores de los miembros se puede comprobar si una persona estuvo allí.',
} as const satisfies TranslationOf<typeof english>;
