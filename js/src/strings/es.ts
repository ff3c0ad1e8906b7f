// Every word that the view says, in Spanish.

import type { Counted } from "./counted";
import type { Strings } from "./en";

export const inSpanish = (counted: Counted): Strings => ({
  conversation: "Conversación",
  messages: "Mensajes",
  empty: "Aún no hay mensajes",
  emptyHint: "Lo que se diga en esta conversación aparecerá aquí.",
  you: "Tú",
  today: "Hoy",
  yesterday: "Ayer",
  justNow: "ahora mismo",
  newMessages: "Mensajes nuevos",
  jumpToLatest: "Ir a lo más reciente",
  newMessagesCounted: (count) => counted(count, { one: "mensaje nuevo", other: "mensajes nuevos" }),
  loadingOlder: "Cargando mensajes anteriores…",
  olderFailed: "No se han podido cargar los mensajes anteriores",
  tryAgain: "Reintentar",
  showMore: "Mostrar más",
  showLess: "Mostrar menos",
  loadingText: "Cargando…",
  textPending: "Cargando mensaje…",
  unavailable: "Mensaje no disponible",
  attachments: (count) => counted(count, { one: "# archivo adjunto", other: "# archivos adjuntos" }),
  retry: "Reenviar",
  discard: "Descartar",
  failed: "No enviado",
  unknown: "No se sabe si este mensaje se envió",
  dismiss: "Ocultar",
  composer: "Mensaje",
  placeholder: "Escribe un mensaje",
  composerHint: "Intro envía; Mayús e Intro empieza una línea nueva.",
  send: "Enviar",
  reconnectNow: "Reconectar ahora",
  retryIn: (seconds) => counted(seconds, { other: "Próximo intento en # s" }),
  retrying: "Intentándolo ahora…",
  reference: (id) => `Referencia ${id}`,
  fact: (name, value) => `${name}: ${value}`,
  status: {
    sending: "Enviando",
    sent: "Enviado",
    delivered: "Entregado",
    read: "Leído",
    failed: "No enviado",
    unknown: "No se sabe si se envió",
    unread: "No leído",
  },
  seenInferred: "visto (deducido)",
  lastMessage: (when) => `Último mensaje ${when}`,
  sentWhen: (when) => `Enviado ${when}`,
  deliveredWhen: (when) => `Entregado ${when}`,
  readWhen: (when) => `Leído ${when}`,
  connection: {
    idle: "Aún sin conexión",
    connecting: "Conectando…",
    connected: "Conectado",
    reconnecting: "Se ha perdido la conexión. Reconectando…",
    read_only: "Esta conversación es de solo lectura",
    closed: "Esta conversación está cerrada",
    failed: "No se ha podido conectar",
  },
  connectionShort: {
    idle: "Sin conexión",
    connecting: "Conectando",
    connected: "Conectado",
    reconnecting: "Reconectando",
    read_only: "Solo lectura",
    closed: "Cerrada",
    failed: "Sin conexión",
  },
  linkShort: "Sin kernel",
  link: {
    starting: "Esperando al kernel…",
    absent: "Ejecuta la celda para conectar",
    silent: "El kernel no responde",
    gone: "El kernel se ha detenido: vuelve a ejecutar la celda",
    mismatch: "Esta vista y el kernel son de versiones distintas: reinicia el kernel y recarga la página",
  },
  linkDetail: {
    starting: "Puede que una celda en ejecución lo esté retrasando.",
    absent: "Ningún kernel ha respondido. Si aún se está ejecutando una celda, esto continuará solo.",
    silent: "Puede que esté ocupado o que se haya perdido la conexión con él.",
  },
  absentHint: "Lo que se dijo no se guarda en el cuaderno.",
  savedCopy: "Copia guardada de la conversación",
  cannotSend: {
    read_only: "No se pueden enviar mensajes: la conversación es de solo lectura.",
    closed: "No se pueden enviar mensajes: la conversación está cerrada.",
    failed: "No se pueden enviar mensajes: no hay conexión.",
    absent: "No se pueden enviar mensajes: no hay kernel.",
    gone: "No se pueden enviar mensajes: el kernel se ha detenido.",
    mismatch: "No se pueden enviar mensajes: el kernel es de otra versión.",
  },
  roles: { agent: "", customer: "", bot: "Bot", system: "" },
  kernelStopped: "El kernel se ha detenido: vuelve a ejecutar la celda y reenvía el mensaje",
  kernelRestarted: "El kernel se reinició antes de enviar este mensaje",
  typing: (names) => {
    const [first, second] = names;
    if (first === undefined) return "";
    if (second === undefined) return `${first} está escribiendo…`;
    // "e" before the sound of an "i": "Ana e Inés", but "Ana y Hielo".
    const and = /^h?[ií](?![aeouáéóú])/iu.test(second) ? "e" : "y";
    return names.length === 2
      ? `${first} ${and} ${second} están escribiendo…`
      : "Varias personas están escribiendo…";
  },
  someone: "Alguien",
  manyNew: (count, last) => `${counted(count, { other: "# mensajes nuevos" })}. ${last}`,
});
