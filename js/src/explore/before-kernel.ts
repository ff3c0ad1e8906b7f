// The one thing that is said before the kernel has sent the words. Pure.

const WAITING: Readonly<Record<string, string>> = {
  en: "Waiting for the kernel…",
  de: "Warten auf den Kernel…",
  es: "Esperando al kernel…",
  fr: "En attente du noyau…",
  ja: "カーネルを待っています…",
};

export function waitingForKernel(languages: readonly string[]): string {
  const known = languages.map((each) => WAITING[each.slice(0, 2).toLowerCase()]).find((each) => each);
  return known ?? WAITING.en ?? "";
}
