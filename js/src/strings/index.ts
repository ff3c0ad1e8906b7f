// Every word that the view says: one table a language, all of one shape.

export { english, type Strings } from "./en";
