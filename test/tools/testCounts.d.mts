// What strict TypeScript may know of testCounts.mjs; kept in step by hand.

/** The part of Vitest's JSON report that counts. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

export declare function countTests(report: Report | undefined, exitCode: number): { passed: number; failed: number; notes: string[] }
