// What strict TypeScript (vitest.config.ts, e2e tests) may know of chromium.mjs; kept in step by hand.

/** Arguments for every launch; `--no-sandbox` only for root. */
export declare const chromiumArgs: string[]

/** The path of an installed Chromium, Chrome or Edge, or undefined; throws if CHROMIUM_PATH leads nowhere. */
export declare function findChromium(env?: Readonly<Record<string, string | undefined>>): string | undefined

/** Like findChromium, but installs one if there is none; throws one sentence if it can't. */
export declare function getChromium(): string
