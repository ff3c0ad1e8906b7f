// The few words that a view says before a kernel has answered and has sent all of the language.

import type { Table } from "./spoken";

/** By language; each text is that of src/ipygenesys/words, and what is not there is said as in English. */
export const BEFORE_KERNEL = new Map<string, Table>([
  [
    "de",
    {
      conversation: "Unterhaltung",
      messages: "Nachrichten",
      composer: "Nachricht",
      placeholder: "Nachricht schreiben",
      send: "Senden",
      linkShort: { starting: "Startet", absent: "Kein Kernel", mismatch: "Kein Kernel" },
      link: {
        starting: "Warten auf den Kernel…",
        absent: "Zum Verbinden die Zelle ausführen",
        mismatch:
          "Diese Ansicht und der Kernel haben verschiedene Versionen: Kernel neu starten und Seite neu laden",
      },
      linkDetail: {
        starting: "Möglicherweise läuft noch eine Zelle.",
        absent: "Kein Kernel hat geantwortet. Falls noch eine Zelle läuft, geht es von selbst weiter.",
      },
      absentHint: "Was gesagt wurde, ist nicht im Notebook gespeichert.",
      cannotSend: {
        absent: "Nachrichten können nicht gesendet werden: Es gibt keinen Kernel.",
        mismatch: "Nachrichten können nicht gesendet werden: Der Kernel hat eine andere Version.",
      },
    },
  ],
  [
    "es",
    {
      conversation: "Conversación",
      messages: "Mensajes",
      composer: "Mensaje",
      placeholder: "Escribe un mensaje",
      send: "Enviar",
      linkShort: { starting: "Iniciando", absent: "Sin kernel", mismatch: "Sin kernel" },
      link: {
        starting: "Esperando al kernel…",
        absent: "Ejecuta la celda para conectar",
        mismatch: "Esta vista y el kernel son de versiones distintas: reinicia el kernel y recarga la página",
      },
      linkDetail: {
        starting: "Puede que una celda en ejecución lo esté retrasando.",
        absent: "Ningún kernel ha respondido. Si aún se está ejecutando una celda, esto continuará solo.",
      },
      absentHint: "Lo que se dijo no se guarda en el cuaderno.",
      cannotSend: {
        absent: "No se pueden enviar mensajes: no hay kernel.",
        mismatch: "No se pueden enviar mensajes: el kernel es de otra versión.",
      },
    },
  ],
  [
    "fr",
    {
      placeholder: "Écrire un message",
      send: "Envoyer",
      linkShort: { starting: "Démarrage", absent: "Pas de noyau", mismatch: "Pas de noyau" },
      link: {
        starting: "En attente du noyau…",
        absent: "Exécutez la cellule pour vous connecter",
        mismatch:
          "Cette vue et le noyau sont de versions différentes : redémarrez le noyau et rechargez la page",
      },
      linkDetail: {
        starting: "Une cellule en cours d’exécution le retarde peut-être.",
        absent: "Aucun noyau n’a répondu. Si une cellule s’exécute encore, la suite viendra d’elle-même.",
      },
      absentHint: "Ce qui s’est dit n’est pas conservé dans le notebook.",
      cannotSend: {
        absent: "Impossible d’envoyer des messages : il n’y a pas de noyau.",
        mismatch: "Impossible d’envoyer des messages : le noyau est d’une autre version.",
      },
    },
  ],
  [
    "ja",
    {
      conversation: "会話",
      messages: "メッセージ一覧",
      composer: "メッセージ",
      placeholder: "メッセージを入力",
      send: "送信",
      linkShort: { starting: "起動中", absent: "カーネルなし", mismatch: "カーネルなし" },
      link: {
        starting: "カーネルの応答を待っています…",
        absent: "セルを実行すると接続します",
        mismatch:
          "この表示とカーネルのバージョンが異なります。カーネルを再起動し、ページを再読み込みしてください",
      },
      linkDetail: {
        starting: "実行中のセルの終了を待っている可能性があります。",
        absent: "カーネルから応答がありません。セルを実行中の場合は、終わりしだい自動的に続行します。",
      },
      absentHint: "会話の内容はノートブックに保存されていません。",
      cannotSend: {
        absent: "カーネルがないため、メッセージを送信できません。",
        mismatch: "カーネルのバージョンが異なるため、メッセージを送信できません。",
      },
    },
  ],
]);
